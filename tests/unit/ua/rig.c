/* The rig: engines and user agents drained, datagrams carried, messages made. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static const char *const places[] = {"192.0.2.1:5060", "192.0.2.2:5060", "192.0.2.3:5060",
                                     "192.0.2.9:5060"};

static const char *const addresses[] = {"\"Alice\" <sip:alice@example.com>", "<sip:bob@192.0.2.2>",
                                        "<sip:carol@192.0.2.3>"};

static struct addr addr_of(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static char *copy(struct str s)
{
    char *text = malloc(s.len + 1);
    assert_non_null(text);
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    return text;
}

void rig_config(struct rig *r)
{
    *r = (struct rig){.now = SECOND,
                      .delay = 10 * MS,
                      .password = "",
                      .n_workers = 1,
                      .peer_contact = "<sip:peer@192.0.2.9>"};
    for (enum rig_who who = ALICE; who < PEER; who++)
        r->side[who].mem = mem_counting();
    r->config =
        (struct ua_config){.owner = 7, .software = STR("rig"), .timers = tx_timers_default()};
}

static void start_side(struct rig *r, enum rig_who who)
{
    struct rig_side *s = &r->side[who];
    struct engine_config config = {.mem = &s->mem.mem,
                                   .seed = rand_seed_from(who + 1),
                                   .timers = r->config.timers,
                                   .call_key = {11, 12},
                                   .n_workers = who == ALICE ? r->n_workers : 1};
    struct addr local = addr_of(places[who]);
    s->engine = engine_new(&config);
    assert_non_null(s->engine);
    assert_true(engine_listen(s->engine, TRANSPORT_UDP, &local, STR_NONE) >= 0);
    struct ua_config own = r->config;
    own.engine = s->engine;
    s->ua = ua_new(&own);
    assert_non_null(s->ua);
    const struct ua_account_config account = {.address = str_from(addresses[who]),
                                              .user = who == ALICE && r->password[0] ? STR("alice")
                                                                                     : STR_NONE,
                                              .password = str_from(r->password)};
    assert_int_equal(ua_account_add(s->ua, &account, &s->account), OK);
}

void rig_start(struct rig *r)
{
    for (enum rig_who who = ALICE; who < PEER; who++)
        start_side(r, who);
}

void rig_new(struct rig *r)
{
    rig_config(r);
    rig_start(r);
}

void rig_free(struct rig *r)
{
    for (enum rig_who who = ALICE; who < PEER; who++) {
        struct rig_side *s = &r->side[who];
        for (size_t i = 0; i < s->n_events; i++)
            free(s->events[i].text);
        ua_free(s->ua);
        engine_free(s->engine);
        assert_int_equal(s->mem.n_live, 0);
        assert_int_equal(s->mem.n_bytes, 0);
    }
    for (size_t i = 0; i < r->n_sent; i++)
        free(r->sent[i].text);
}

void rig_end(struct rig *r)
{
    rig_pass(r, 600 * SECOND);
    for (enum rig_who who = ALICE; who < PEER; who++) {
        assert_true(ua_is_quiet(r->side[who].ua));
        assert_int_equal(engine_stats(r->side[who].engine)->tx_client, 0);
        assert_int_equal(engine_stats(r->side[who].engine)->tx_server, 0);
    }
    rig_free(r);
}

/* --- the network --- */
static enum rig_who who_is(const struct addr *a)
{
    for (enum rig_who who = ALICE; who <= PEER; who++) {
        struct addr place = addr_of(places[who]);
        if (addr_equal(&place, a))
            return who;
    }
    fail_msg("sent to nobody");
    return PEER;
}

static bool is_lost(struct rig *r, const char *text)
{
    if (!r->lose || r->n_lose == 0 || strncmp(text, r->lose, strlen(r->lose)) != 0)
        return false;
    r->n_lose--;
    return true;
}

static void put(struct rig *r, enum rig_who from, enum rig_who to, char *text)
{
    assert_true(r->n_sent < RIG_SENT_MAX);
    bool lost = is_lost(r, text);
    r->sent[r->n_sent++] = (struct rig_sent){.from = from,
                                             .to = to,
                                             .at = r->now,
                                             .arrives = r->now + r->delay,
                                             .delivered = lost,
                                             .text = text};
}

static void note_event(struct rig_side *s, const struct ua_event *ev)
{
    assert_true(s->n_events < RIG_EVENTS_MAX);
    struct rig_event *e = &s->events[s->n_events++];
    *e = (struct rig_event){.ev = *ev, .text = ev->msg ? copy(ev->msg->bytes) : NULL};
    for (unsigned i = 0; i < ev->n_agreed && i < 4; i++)
        e->agreed[i] = ev->agreed[i];
    e->ev.agreed = e->agreed;
    if (ev->n_agreed > 0 && ev->agreed[0].n_formats > 0) {
        const struct sdp_codec *c = &ev->streams[0].codecs[ev->agreed[0].formats[0].codec];
        snprintf(e->codec, sizeof e->codec, "%.*s", STR_ARG(c->encoding));
    }
    e->ev.msg = NULL;
}

static void drain_side(struct rig *r, enum rig_who who)
{
    struct rig_side *s = &r->side[who];
    struct engine_event ev;
    struct ua_event told;
    struct engine_output out;
    while (engine_event(s->engine, &ev))
        (void)ua_take(s->ua, &ev, r->now);
    while (ua_event(s->ua, &told))
        note_event(s, &told);
    while (engine_output(s->engine, &out)) {
        assert_int_equal(out.kind, OUTPUT_SEND);
        put(r, who, who_is(&out.flow.remote), copy(block_str(out.bytes)));
        block_unref(engine_blocks(s->engine), out.bytes);
    }
}

void rig_drain(struct rig *r)
{
    for (enum rig_who who = ALICE; who < PEER; who++)
        drain_side(r, who);
}

static void deliver(struct rig *r, struct rig_sent *m)
{
    m->delivered = true;
    if (m->to == PEER)
        return;
    const struct flow flow = {.transport = TRANSPORT_UDP,
                              .local = addr_of(places[m->to]),
                              .remote = addr_of(places[m->from])};
    (void)engine_datagram(r->side[m->to].engine, &flow, str_from(m->text), r->now);
    rig_drain(r);
}

static time_ns next_at(const struct rig *r)
{
    time_ns at = TIME_NEVER;
    for (size_t i = r->n_moved; i < r->n_sent; i++)
        if (!r->sent[i].delivered)
            at = time_min(at, r->sent[i].arrives);
    for (enum rig_who who = ALICE; who < PEER; who++) {
        at = time_min(at, engine_deadline(r->side[who].engine));
        at = time_min(at, ua_deadline(r->side[who].ua));
    }
    return at;
}

static void turn(struct rig *r)
{
    for (enum rig_who who = ALICE; who < PEER; who++) {
        (void)engine_time(r->side[who].engine, r->now);
        rig_drain(r);
        (void)ua_time(r->side[who].ua, r->now);
        rig_drain(r);
    }
    for (size_t i = r->n_moved; i < r->n_sent; i++)
        if (!r->sent[i].delivered && r->sent[i].arrives <= r->now)
            deliver(r, &r->sent[i]);
    while (r->n_moved < r->n_sent && r->sent[r->n_moved].delivered)
        r->n_moved++;
}

void rig_pass(struct rig *r, time_ns span)
{
    time_ns until = r->now + span;
    rig_drain(r);
    for (time_ns at; (at = next_at(r)) <= until;) {
        if (at > r->now)
            r->now = at;
        turn(r);
    }
    r->now = until;
}

/* --- calls --- */
const struct sdp_local *rig_media(uint16_t port)
{
    static const struct sdp_codec codecs[] = {
        {STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
        {STR_INIT("PCMA"), 8000, 1, 8, {NULL, 0}},
        {STR_INIT("telephone-event"), 8000, 1, 101, STR_INIT("0-15")},
    };
    static struct {
        struct sdp_local local;
        struct sdp_stream stream;
    } slots[4];
    static unsigned next;
    unsigned i = next++ % 4;
    slots[i].stream = (struct sdp_stream){.kind = STR("audio"),
                                          .proto = STR("RTP/AVP"),
                                          .port = port,
                                          .direction = SDP_SENDRECV,
                                          .codecs = codecs,
                                          .n_codecs = 3};
    slots[i].local = (struct sdp_local){
        .addr = addr_of("192.0.2.77:0"), .streams = &slots[i].stream, .n_streams = 1};
    return &slots[i].local;
}

ua_call rig_call(struct rig *r, const char *target)
{
    ua_call call;
    const struct call_start start = {.account = r->side[ALICE].account,
                                     .target = str_from(target ? target : "sip:bob@192.0.2.2"),
                                     .media = rig_media(4000)};
    assert_int_equal(call_start(r->side[ALICE].ua, &start, r->now, &call), OK);
    rig_drain(r);
    return call;
}

void rig_talk(struct rig *r, ua_call *alice, ua_call *bob)
{
    *alice = rig_call(r, NULL);
    rig_pass(r, 50 * MS);
    *bob = rig_expect(r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(r->side[BOB].ua, *bob, rig_media(5000), r->now), OK);
    rig_pass(r, 50 * MS);
    rig_expect(r, BOB, UA_CALL_MEDIA);
    rig_expect(r, BOB, UA_CALL_CONFIRMED);
    rig_expect(r, ALICE, UA_CALL_MEDIA);
    rig_expect(r, ALICE, UA_CALL_ANSWERED);
}

/* --- what happened --- */
const struct rig_event *rig_expect(struct rig *r, enum rig_who who, enum ua_event_kind kind)
{
    struct rig_side *s = &r->side[who];
    if (s->n_read == s->n_events)
        fail_msg("no event %d", (int)kind);
    const struct rig_event *e = &s->events[s->n_read++];
    if (e->ev.kind != kind)
        fail_msg("event %d (end %d, status %u) in place of %d", (int)e->ev.kind, (int)e->ev.end,
                 e->ev.status, (int)kind);
    return e;
}

const struct rig_event *rig_expect_end(struct rig *r, enum rig_who who, enum call_end end)
{
    const struct rig_event *e = rig_expect(r, who, UA_CALL_ENDED);
    assert_int_equal(e->ev.end, end);
    return e;
}

void rig_expect_none(struct rig *r, enum rig_who who)
{
    struct rig_side *s = &r->side[who];
    if (s->n_read != s->n_events)
        fail_msg("event %d is one too many", (int)s->events[s->n_read].ev.kind);
}

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

size_t rig_count(const struct rig *r, enum rig_who who, const char *start)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_sent; i++)
        n += r->sent[i].from == who && starts(r->sent[i].text, start);
    return n;
}

const char *rig_last(const struct rig *r, enum rig_who who, const char *start)
{
    for (size_t i = r->n_sent; i > 0; i--)
        if (r->sent[i - 1].from == who && starts(r->sent[i - 1].text, start))
            return r->sent[i - 1].text;
    fail_msg("nothing was sent that starts with %s", start);
    return NULL;
}

bool rig_has(const char *text, const char *piece)
{
    return strstr(text, piece) != NULL;
}

static char *slot(void)
{
    static char texts[16][8192];
    static unsigned next;
    return texts[next++ % 16];
}

const char *rig_value(const char *text, const char *name)
{
    char start[64], *value = slot();
    value[0] = '\0';
    snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *at = strstr(text, start);
    if (!at)
        return value;
    at += strlen(start);
    snprintf(value, 8192, "%.*s", (int)(strstr(at, "\r\n") - at), at);
    return value;
}

/* --- the peer --- */
const char *rig_peer_next(struct rig *r, const char *start)
{
    for (; r->n_seen < r->n_sent; r->n_seen++) {
        const struct rig_sent *m = &r->sent[r->n_seen];
        if (m->to == PEER && m->delivered && starts(m->text, start)) {
            r->n_seen++;
            return m->text;
        }
    }
    fail_msg("nothing came that starts with %s", start);
    return NULL;
}

void rig_peer_send(struct rig *r, enum rig_who to, const char *text)
{
    put(r, PEER, to, copy(str_from(text)));
    rig_pass(r, 2 * r->delay);
}

/* All Via lines. */
static void put_vias(struct buf *b, const char *text)
{
    for (const char *at = text; (at = strstr(at, "\r\nVia: ")) != NULL; at += 2) {
        const char *end = strstr(at + 2, "\r\n");
        buf_put(b, (struct str){at + 2, (size_t)(end - at)});
    }
}

static void put_body(struct buf *b, const char *more, const char *body)
{
    buf_put(b, str_from(more));
    if (body[0])
        buf_put_lit(b, "Content-Type: application/sdp\r\n");
    buf_put_lit(b, "Content-Length: ");
    buf_put_u64(b, strlen(body));
    buf_put_lit(b, "\r\n\r\n");
    buf_put(b, str_from(body));
    buf_put_char(b, '\0');
    assert_false(b->over);
}

/* What snprintf has written so far. */
static struct buf behind(char *text, size_t size)
{
    return (struct buf){text, strlen(text), size, false};
}

static const char *tagged(const char *value, const char *tag)
{
    char *out = slot();
    snprintf(out, 8192, "%s%s%s", value, tag[0] && !strstr(value, ";tag=") ? ";tag=" : "",
             strstr(value, ";tag=") ? "" : tag);
    return out;
}

void rig_peer_answer(struct rig *r, enum rig_who to, const char *request, unsigned status,
                     const char *to_tag, const char *more, const char *body)
{
    char text[16384];
    snprintf(text, sizeof text, "SIP/2.0 %u Word\r\n", status);
    struct buf b = behind(text, sizeof text);
    put_vias(&b, request);
    snprintf(text + b.len, sizeof text - b.len,
             "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n%s%s%s", rig_value(request, "From"),
             tagged(rig_value(request, "To"), to_tag), rig_value(request, "Call-ID"),
             rig_value(request, "CSeq"), status < 300 ? "Contact: " : "",
             status < 300 ? r->peer_contact : "", status < 300 ? "\r\n" : "");
    b = behind(text, sizeof text);
    put_body(&b, more, body);
    rig_peer_send(r, to, text);
}

static void put_request(struct rig *r, enum rig_who to, const char *method, const char *from,
                        const char *to_value, const char *call_id, unsigned cseq, const char *more,
                        const char *body)
{
    static unsigned serial;
    char text[16384];
    snprintf(text, sizeof text,
             "%s sip:x@192.0.2.%d SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp%u\r\n"
             "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
             "Contact: <sip:peer@192.0.2.9>\r\n",
             method, (int)to + 1, serial++, from, to_value, call_id, cseq, method);
    struct buf b = behind(text, sizeof text);
    put_body(&b, more, body);
    rig_peer_send(r, to, text);
}

void rig_peer_request(struct rig *r, enum rig_who to, const char *method, const char *of,
                      unsigned cseq, const char *more, const char *body)
{
    bool is_response = starts(of, "SIP/2.0 ");
    put_request(r, to, method, rig_value(of, is_response ? "From" : "To"),
                rig_value(of, is_response ? "To" : "From"), rig_value(of, "Call-ID"), cseq, more,
                body);
}

void rig_peer_notify(struct rig *r, enum rig_who to, const char *request, const char *tag,
                     unsigned cseq, const char *more, const char *body)
{
    put_request(r, to, "NOTIFY", tagged(rig_value(request, "To"), tag), rig_value(request, "From"),
                rig_value(request, "Call-ID"), cseq, more, body);
}

const char *rig_peer_invite(struct rig *r, const char *call_id, const char *more, const char *body)
{
    static unsigned serial;
    char *text = slot();
    snprintf(text, 8192,
             "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKi%u\r\nMax-Forwards: 70\r\n"
             "From: <sip:peer@example.com>;tag=p1\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: %s\r\n"
             "CSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.9>\r\n",
             serial++, call_id);
    struct buf b = behind(text, 8192);
    put_body(&b, more, body);
    rig_peer_send(r, BOB, text);
    return text;
}

const char *rig_sdp(uint16_t port, const char *attribute)
{
    char *text = slot();
    snprintf(text, 8192,
             "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
             "m=audio %u RTP/AVP 0 8\r\n%s",
             port, attribute);
    return text;
}
