/* The network between two fuzzed user agents, and a third party that joins in. */
#include "ua_pair.h"

#include <assert.h>
#include <string.h>

#define OWNER 5

static const char *const places[] = {"192.0.2.1:5060", "192.0.2.2:5060", "192.0.2.9:5060"};

static struct addr addr_of(unsigned who)
{
    struct addr a;
    bool ok = addr_parse(str_from(places[who]), &a);
    assert(ok);
    return a;
}

static void start_side(struct pair *p, unsigned who)
{
    static const unsigned sessions[] = {0, 90, 600};
    struct pair_side *s = &p->side[who];
    const struct engine_config engine = {.mem = &p->heap.mem,
                                         .seed = rand_seed_from(who + 1),
                                         .timers = tx_timers_default(),
                                         .call_key = {11, 12},
                                         .n_workers = 1};
    const struct addr local = addr_of(who);
    s->engine = engine_new(&engine);
    int listener = engine_listen(s->engine, TRANSPORT_UDP, &local, STR_NONE);
    assert(s->engine && listener == 0);
    const struct ua_config config = {.engine = s->engine,
                                     .owner = OWNER,
                                     .timers = tx_timers_default(),
                                     .session_s = sessions[acts_digit(&p->acts, 3)],
                                     .max_calls = 8};
    const struct ua_account_config account = {.address = who ? STR("<sip:bob@192.0.2.2>")
                                                             : STR("<sip:alice@192.0.2.1>"),
                                              .user = STR("u"),
                                              .password = STR("p")};
    s->ua = ua_new(&config);
    assert(s->ua);
    int err = ua_account_add(s->ua, &account, &s->account);
    assert(!err);
}

void pair_init(struct pair *p, const uint8_t *data, size_t size)
{
    memset(p, 0, sizeof *p);
    fuzz_heap_init(&p->heap);
    acts_init(&p->acts, data, size);
    p->now = NS_PER_S;
    start_side(p, 0);
    start_side(p, 1);
}

/* --- what is told --- */
static struct pair_call *call_of(struct pair_side *s, ua_call id)
{
    for (unsigned i = 0; i < s->n_calls; i++)
        if (s->calls[i].id == id)
            return &s->calls[i];
    return NULL;
}

static void note(struct pair_side *s, const struct ua_event *ev)
{
    if (ev->kind == UA_REQUEST)
        s->request = ev->tx;
    if (ev->kind == UA_REFERRED)
        s->referral = ev->referral;
    if (ev->kind > UA_CALL_ENDED)
        return;
    struct pair_call *call = call_of(s, ev->call);
    if (ev->kind == UA_CALL_INCOMING) {
        assert(!call && ev->msg);
        if (s->n_calls < PAIR_CALLS)
            s->calls[s->n_calls++] = (struct pair_call){ev->call, true, false};
        return;
    }
    if (!call)
        return;
    assert(!call->ended);
    call->ended = ev->kind == UA_CALL_ENDED;
    struct call_view view;
    int err = call_look(s->ua, ev->call, &view);
    assert(!call->ended || err == ERR_STALE);
    assert(ev->n_agreed == 0 || ev->agreed);
}

static void keep(struct pair *p, unsigned from, unsigned to, struct str text)
{
    struct pair_message *m = &p->last[p->n_last++ % 8];
    if (text.len >= PAIR_TEXT)
        return;
    m->from = from;
    m->to = to;
    m->len = text.len;
    memcpy(m->text, text.at, text.len);
    m->text[text.len] = '\0';
    if (to < 2 && p->n_waiting < PAIR_WAITING)
        p->waiting[p->n_waiting++] = *m;
}

static void send(struct pair *p, unsigned from, const struct engine_output *out)
{
    unsigned to = 2;
    for (unsigned i = 0; i < 2; i++) {
        const struct addr a = addr_of(i);
        if (addr_equal(&a, &out->flow.remote))
            to = i;
    }
    keep(p, from, to, block_str(out->bytes));
}

void pair_drain(struct pair *p)
{
    for (unsigned who = 0; who < 2; who++) {
        struct pair_side *s = &p->side[who];
        struct engine_event ev;
        struct ua_event told;
        struct engine_output out;
        while (engine_event(s->engine, &ev))
            (void)ua_take(s->ua, &ev, p->now);
        while (ua_event(s->ua, &told))
            note(s, &told);
        while (engine_output(s->engine, &out)) {
            if (out.kind != OUTPUT_SEND)
                continue;
            send(p, who, &out);
            block_unref(engine_blocks(s->engine), out.bytes);
        }
    }
}

static void bring(struct pair *p, unsigned from, unsigned to, struct str text)
{
    const struct flow flow = {
        .transport = TRANSPORT_UDP, .local = addr_of(to), .remote = addr_of(from)};
    (void)engine_datagram(p->side[to].engine, &flow, text, p->now);
    pair_drain(p);
}

static void deliver(struct pair *p, unsigned at, bool stays)
{
    struct pair_message m = p->waiting[at];
    if (!stays) {
        p->n_waiting--;
        memmove(&p->waiting[at], &p->waiting[at + 1], (p->n_waiting - at) * sizeof m);
    }
    bring(p, m.from, m.to, (struct str){m.text, m.len});
}

static time_ns next_at(const struct pair *p)
{
    time_ns at = TIME_NEVER;
    for (unsigned who = 0; who < 2; who++) {
        at = time_min(at, engine_deadline(p->side[who].engine));
        at = time_min(at, ua_deadline(p->side[who].ua));
    }
    return at;
}

void pair_pass(struct pair *p, time_ns span)
{
    time_ns until = p->now + span;
    for (time_ns at; (at = next_at(p)) <= until;) {
        if (at > p->now)
            p->now = at;
        for (unsigned who = 0; who < 2; who++) {
            (void)engine_time(p->side[who].engine, p->now);
            pair_drain(p);
            (void)ua_time(p->side[who].ua, p->now);
            pair_drain(p);
        }
    }
    p->now = until;
}

/* --- acts --- */
static const char *const tags[] = {"", "a", "b", "c"};
static const char *const lines[] = {
    "",
    "Require: 100rel\r\nRSeq: 1\r\n",
    "Require: 100rel\r\nRSeq: 2\r\n",
    "Supported: timer, 100rel\r\nSession-Expires: 90\r\n",
    "Session-Expires: 100;refresher=uas\r\n",
    "Retry-After: 2\r\n",
    "Min-SE: 1000\r\n",
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
    "Contact: <sip:x@192.0.2.9>;q=0.5, <sip:bob@192.0.2.2>\r\n",
    "Allow: INVITE, UPDATE\r\n",
    "RAck: 1 1 INVITE\r\n",
    "Content-Encoding: gzip\r\n",
    "Record-Route: <sip:192.0.2.9;lr>\r\n",
    "Refer-To: <sip:x@192.0.2.9>\r\n",
    "Event: refer\r\nSubscription-State: active;expires=60\r\n",
    "Event: presence\r\nSubscription-State: terminated\r\n",
    "Expires: 60\r\n"};

const char *pair_sdp(struct pair *p)
{
#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    static const char *const all[] = {"",
                                      HEAD "m=audio 6000 RTP/AVP 0 8\r\n",
                                      HEAD "m=audio 6000 RTP/AVP 0\r\na=sendonly\r\n",
                                      HEAD "m=audio 6000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n",
                                      HEAD "m=video 6002 RTP/AVP 31\r\nm=audio 6000 RTP/AVP 8\r\n",
                                      HEAD "m=audio 0 RTP/AVP 0\r\n",
                                      HEAD "m=audio 6000 RTP/AVP 18\r\n",
                                      HEAD,
                                      "v=1\r\n"};
#undef HEAD
    return all[acts_digit(&p->acts, sizeof all / sizeof *all)];
}

#define CHOICE(p, list) (list)[acts_digit(&(p)->acts, sizeof(list) / sizeof(list)[0])]

static const struct pair_message *recall(struct pair *p)
{
    unsigned back = acts_digit(&p->acts, 8);
    return back < p->n_last ? &p->last[(p->n_last - 1 - back) % 8] : NULL;
}

/* The header line's value. */
static struct str value_of(const struct pair_message *m, const char *name)
{
    const char *at = strstr(m->text, name);
    const char *end = at ? strstr(at, "\r\n") : NULL;
    return end ? (struct str){at + strlen(name), (size_t)(end - at) - strlen(name)} : STR_NONE;
}

static void put_line(struct buf *b, const char *name, struct str value, const char *tag)
{
    buf_put(b, str_from(name));
    buf_put(b, value);
    if (tag[0]) {
        buf_put_lit(b, ";tag=");
        buf_put(b, str_from(tag));
    }
    buf_put_lit(b, "\r\n");
}

static void put_end(struct pair *p, struct buf *b)
{
    buf_put(b, str_from(CHOICE(p, lines)));
    struct str body = str_from(pair_sdp(p));
    if (body.len > 0)
        buf_put_lit(b, "Content-Type: application/sdp\r\n");
    buf_put_lit(b, "Contact: <sip:peer@192.0.2.9>\r\nContent-Length: ");
    buf_put_u64(b, body.len);
    buf_put_lit(b, "\r\n\r\n");
    buf_put(b, body);
}

static void play_answer(struct pair *p)
{
    static const unsigned statuses[] = {100, 180, 183, 200, 302, 401, 408,
                                        422, 481, 488, 491, 500, 503, 603};
    const struct pair_message *m = recall(p);
    unsigned status = CHOICE(p, statuses);
    const char *tag = CHOICE(p, tags);
    char text[PAIR_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    if (!m || strncmp(m->text, "SIP/2.0", 7) == 0)
        return;
    struct str to = value_of(m, "\r\nTo: ");
    buf_put_lit(&b, "SIP/2.0 ");
    buf_put_u64(&b, status);
    buf_put_lit(&b, " X\r\n");
    put_line(&b, "Via: ", value_of(m, "\r\nVia: "), "");
    put_line(&b, "From: ", value_of(m, "\r\nFrom: "), "");
    put_line(&b, "To: ", to, strstr(m->text, ";tag=") && to.len > 40 ? "" : tag);
    put_line(&b, "Call-ID: ", value_of(m, "\r\nCall-ID: "), "");
    put_line(&b, "CSeq: ", value_of(m, "\r\nCSeq: "), "");
    put_end(p, &b);
    if (!b.over)
        bring(p, 2, m->from, buf_str(&b));
}

static void play_request(struct pair *p)
{
    static const char *const methods[] = {"INVITE",  "ACK",   "BYE",    "CANCEL",
                                          "UPDATE",  "PRACK", "INFO",   "OPTIONS",
                                          "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE"};
    const struct pair_message *m = recall(p);
    const char *method = CHOICE(p, methods);
    unsigned cseq = 1 + acts_digit(&p->acts, 16);
    char text[PAIR_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    if (!m)
        return;
    bool is_response = strncmp(m->text, "SIP/2.0", 7) == 0;
    buf_put(&b, str_from(method));
    buf_put_lit(&b, " sip:x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKq");
    buf_put_u64(&b, p->serial++);
    buf_put_lit(&b, "\r\n");
    put_line(&b, "From: ", value_of(m, is_response ? "\r\nFrom: " : "\r\nTo: "), "");
    put_line(&b, "To: ", value_of(m, is_response ? "\r\nTo: " : "\r\nFrom: "), "");
    put_line(&b, "Call-ID: ", value_of(m, "\r\nCall-ID: "), "");
    buf_put_lit(&b, "CSeq: ");
    buf_put_u64(&b, cseq);
    buf_put_char(&b, ' ');
    put_line(&b, "", str_from(method), "");
    put_end(p, &b);
    if (!b.over)
        bring(p, 2, m->from, buf_str(&b));
}

static void play_change(struct pair *p)
{
    unsigned where = acts_digit(&p->acts, 256) * 8, cut = acts_digit(&p->acts, 36);
    struct str put = acts_text(&p->acts);
    char text[PAIR_TEXT];
    struct buf b;
    if (p->n_waiting == 0)
        return;
    struct pair_message *m = &p->waiting[p->n_waiting - 1];
    buf_init(&b, text, sizeof text);
    struct str whole = {m->text, m->len};
    where = where < m->len ? where : (unsigned)m->len;
    buf_put(&b, str_slice(whole, 0, where));
    buf_put(&b, put);
    buf_put(&b, str_slice(whole, where + cut, m->len));
    if (b.over)
        return;
    memcpy(m->text, text, b.len);
    m->len = b.len;
}

static void play_text(struct pair *p)
{
    unsigned to = acts_digit(&p->acts, 2);
    bring(p, 2, to, acts_text(&p->acts));
}

static void play_time(struct pair *p)
{
    static const time_ns spans[] = {NS_PER_MS,    200 * NS_PER_MS, NS_PER_S,
                                    5 * NS_PER_S, 33 * NS_PER_S,   60 * NS_PER_S};
    pair_pass(p, CHOICE(p, spans));
}

bool pair_play(struct pair *p, char letter)
{
    unsigned at;
    switch (letter) {
    case 'd':
    case 'x':
    case 'p':
        at = acts_digit(&p->acts, 8);
        if (p->n_waiting == 0)
            return true;
        at %= p->n_waiting;
        if (letter == 'x')
            p->waiting[at] = p->waiting[--p->n_waiting];
        else
            deliver(p, at, letter == 'p');
        return true;
    case 't':
        play_change(p);
        return true;
    case 'n':
        play_answer(p);
        return true;
    case 'q':
        play_request(p);
        return true;
    case 'm':
        play_text(p);
        return true;
    case 'w':
        play_time(p);
        return true;
    case 'z':
        at = acts_digit(&p->acts, 36);
        fuzz_heap_fail(&p->heap, at, acts_digit(&p->acts, 8));
        return true;
    default:
        return false;
    }
}

ua_call pair_pick(struct pair *p, unsigned side)
{
    const struct pair_side *s = &p->side[side];
    unsigned back = acts_digit(&p->acts, 4);
    return back < s->n_calls ? s->calls[s->n_calls - 1 - back].id : 0;
}

static void end_all(struct pair *p)
{
    for (unsigned who = 0; who < 2; who++) {
        struct pair_side *s = &p->side[who];
        const struct reply reply = {.status = 200};
        for (ua_call id, last = 0; (id = call_next(s->ua, 0)) != 0; last = id) {
            assert(id != last);
            int err = call_end(s->ua, id, STR_NONE, p->now);
            assert(!err);
        }
        if (s->request)
            (void)ua_reply(s->ua, s->request, &reply, p->now);
        (void)subscription_end(s->ua, s->subscription, p->now);
    }
}

void pair_end(struct pair *p)
{
    fuzz_heap_fail(&p->heap, 0, 0);
    end_all(p);
    pair_drain(p);
    p->n_waiting = 0;
    pair_pass(p, 1000 * NS_PER_S);
    for (unsigned who = 0; who < 2; who++) {
        struct pair_side *s = &p->side[who];
        for (unsigned i = 0; i < s->n_calls; i++)
            assert(s->calls[i].ended);
        assert(ua_is_quiet(s->ua));
        ua_free(s->ua);
        engine_free(s->engine);
    }
    fuzz_heap_check(&p->heap);
}
