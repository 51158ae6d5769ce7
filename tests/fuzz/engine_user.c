/* The user's commands, and what must be true of their results and of the end. */
#include "engine_user.h"

#include <assert.h>

#include "engine_facts.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define CHOICE(u, table) (table)[acts_digit(&(u)->stage.acts, COUNT(table))]

static const unsigned statuses[] = {100, 180, 183, 200, 202, 301, 400, 404, 408, 486, 503, 603};
static const char *const methods[] = {"INVITE", "OPTIONS", "BYE", "ACK", "FOO"};
static const char *const hops[] = {"sip:bob@192.0.2.20",
                                   "sip:bob@192.0.2.21:40000;transport=tcp",
                                   "sip:bob@host.example.net",
                                   "sip:bob@[2001:db8::9]",
                                   "sips:bob@192.0.2.20",
                                   "tel:+15550100",
                                   "sip:bob@127.0.0.1:5071",
                                   "sip:bob@host.example.net;transport=tcp",
                                   "sip:bob@192.0.2.1",
                                   "sip:bob@localhost:5071",
                                   "sip:bob@203.0.113.5;maddr=192.0.2.20;transport=udp"};
static const size_t bodies[] = {0, 20, 1400};

static unsigned digit(struct user *u, unsigned n)
{
    return acts_digit(&u->stage.acts, n);
}

void user_init(struct user *u)
{
    u->cut = false;
    u->n_clients = u->n_servers = u->n_asked = u->n_requests = u->n_responses = 0;
    for (unsigned i = 0; i < USER_HELD; i++)
        u->requests[i] = u->responses[i] = NULL;
}

void user_asked(void *user, uint64_t query, const struct store_ask *ask)
{
    struct user *u = user;
    assert(ask->key.len > 0 && u->n_asked < USER_CLIENTS);
    u->asked[u->n_asked++] = query;
}

static struct engine_stats begin(const struct user *u)
{
    return *engine_stats(engine_of(u));
}

static void done(struct user *u, int err, const struct engine_stats *before)
{
    stage_check_error(&u->stage, err, before);
    stage_settle(&u->stage);
}

/* One that lives, one that ended, or none. */
static tx_id pick_server(struct user *u)
{
    unsigned back = digit(u, 36);
    return back < u->n_servers ? u->servers[u->n_servers - 1 - back].tx : back << 8;
}

static tx_id pick_client(struct user *u)
{
    unsigned back = digit(u, 36);
    return back < u->n_clients ? u->clients[u->n_clients - 1 - back].tx : back << 8;
}

static void play_reply(struct user *u)
{
    static const char *const headers[] = {"", "Contact: <sip:tandem@192.0.2.1>\r\n",
                                          "Content-Type: text/plain\r\nX-A: b\r\n"};
    static char body[1400];
    tx_id tx = pick_server(u);
    struct reply r = {.status = CHOICE(u, statuses), .headers = str_from(CHOICE(u, headers))};
    memset(body, 'x', sizeof(body));
    r.to_tag = digit(u, 2) ? STR("u1") : STR_NONE;
    r.body = (struct str){body, CHOICE(u, bodies)};
    r.record_route = r.body.len > 0;
    struct engine_stats before = begin(u);
    int err = engine_reply(engine_of(u), tx, &r, u->stage.now);
    if (err == ERR_STALE)
        facts_check_gone(u, tx);
    done(u, err, &before);
}

/* The remembered flow of a datagram's or stream's sender, or none. */
static const struct flow *pick_flow(struct user *u)
{
    unsigned back = digit(u, 8);
    const struct kept *k = back ? memory_at(&u->stage.requests_in, back - 1) : NULL;
    return k ? &k->flow : NULL;
}

static void start(struct user *u, struct outgoing *o, bool invite)
{
    tx_id tx;
    o->owner = USER_OWNER;
    o->user = u->n_clients;
    struct engine_stats before = begin(u);
    int err = engine_request(engine_of(u), o, u->stage.now, &tx);
    assert((err == OK) == (tx != 0));
    if (err == OK)
        facts_add_client(u, tx, invite);
    done(u, err, &before);
}

static void play_request(struct user *u)
{
    static char text[2400];
    struct buf b;
    struct uri hop;
    struct msg_error why;
    if (u->n_clients == USER_CLIENTS)
        return;
    struct str method = str_from(CHOICE(u, methods)), to = str_from(CHOICE(u, hops));
    struct outgoing o = {.hop = &hop, .flow = pick_flow(u)};
    size_t body = CHOICE(u, bodies);
    o.branch_suffix = digit(u, 2) ? STR("suffix") : STR_NONE;
    buf_init(&b, text, sizeof(text));
    buf_put(&b, method);
    buf_put_lit(&b, " ");
    buf_put(&b, to);
    buf_put_lit(&b, " SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:tandem@example.com>;tag=o1\r\n"
                    "To: <sip:bob@example.com>\r\nCall-ID: own\r\nCSeq: 5 ");
    buf_put(&b, method);
    buf_put_lit(&b, "\r\nContent-Length: ");
    buf_put_u64(&b, body);
    buf_put_lit(&b, "\r\n\r\n");
    for (size_t i = 0; i < body; i++)
        buf_put_char(&b, 'x');
    o.text = buf_str(&b);
    if (uri_parse(to, &hop, &why))
        start(u, &o, method_of(method) == METHOD_INVITE);
}

static void play_forward(struct user *u)
{
    struct msg *m = u->requests[digit(u, USER_HELD)];
    struct str to = str_from(CHOICE(u, hops));
    struct outgoing o = {.base = m, .flow = pick_flow(u)};
    bool stateless = digit(u, 2) == 1;
    struct uri hop;
    struct msg_error why;
    if (!m || !uri_parse(to, &hop, &why) || u->n_clients == USER_CLIENTS)
        return;
    o.hop = &hop;
    if (!stateless) {
        start(u, &o, m->method == METHOD_INVITE);
        return;
    }
    struct engine_stats before = begin(u);
    done(u, engine_send_stateless(engine_of(u), &o, u->stage.now), &before);
}

static void play_pass_on(struct user *u)
{
    tx_id tx = pick_server(u);
    struct msg *m = u->responses[digit(u, USER_HELD)];
    if (!m)
        return;
    struct engine_stats before = begin(u);
    done(u, engine_forward_response(engine_of(u), tx, m, NULL, u->stage.now), &before);
}

static void play_cancel(struct user *u)
{
    tx_id tx = pick_client(u);
    struct str headers = digit(u, 2) ? STR("Reason: SIP;cause=200\r\n") : STR_NONE;
    struct engine_stats before = begin(u);
    done(u, engine_cancel(engine_of(u), tx, headers, u->stage.now), &before);
}

/* --- the rest --- */
static void play_ask(struct user *u)
{
    struct store_ask ask = {.op = digit(u, 2) ? STORE_PUT : STORE_GET,
                            .key = STR("sip:bob@example.com"),
                            .value = STR("value")};
    struct engine_stats before = begin(u);
    if (u->n_asked < USER_CLIENTS)
        done(u, engine_ask_store(engine_of(u), &ask, USER_OWNER, 1), &before);
}

static void answer_store(struct user *u, unsigned which, enum store_status status, struct str value)
{
    struct store_answer a = {u->asked[which], status, 1, value};
    struct engine_stats before = begin(u);
    int err = engine_store_answered(engine_of(u), &a, u->stage.now);
    assert(err == OK || err == ERR_NOMEM);
    if (err == OK)
        u->asked[which] = u->asked[--u->n_asked];
    done(u, err, &before);
}

static void play_store(struct user *u)
{
    unsigned which = digit(u, 8), status = digit(u, 3);
    if (which < u->n_asked)
        answer_store(u, which, (enum store_status)status, STR("other"));
}

static void play_own(struct user *u)
{
    tx_id tx = pick_server(u);
    int err = engine_own(engine_of(u), tx, USER_OWNER, 9);
    if (err)
        facts_check_gone(u, tx);
}

static void play_drain(struct user *u)
{
    engine_drain(engine_of(u));
}

static void play_reply_stateless(struct user *u)
{
    struct msg *m = u->requests[digit(u, USER_HELD)];
    struct reply r = {.status = CHOICE(u, statuses)};
    if (!m)
        return;
    struct engine_stats before = begin(u);
    done(u, engine_reply_stateless(engine_of(u), m, &r, u->stage.now), &before);
}

/* It may be asked at any time. */
static void play_quiet(struct user *u)
{
    (void)engine_is_quiet(engine_of(u));
}

/* The engine is freed as it is. */
static void play_cut(struct user *u)
{
    u->cut = true;
}

static void play_other(struct user *u)
{
    static void (*const plays[])(struct user *) = {
        play_ask, play_store, play_own, play_drain, play_reply_stateless, play_quiet, play_cut};
    CHOICE(u, plays)(u);
}

void user_play(struct user *u, char letter)
{
    static void (*const plays['z' + 1])(struct user *) = {
        ['i'] = play_reply,   ['j'] = play_request, ['l'] = play_forward,
        ['s'] = play_pass_on, ['q'] = play_cancel,  ['y'] = play_other,
    };
    if (plays[(unsigned char)letter])
        plays[(unsigned char)letter](u);
}

/* --- the end --- */
static void end_servers(struct user *u)
{
    const struct reply r = {.status = 500};
    for (unsigned i = 0; i < u->n_servers; i++) {
        int err = engine_reply(engine_of(u), u->servers[i].tx, &r, u->stage.now);
        assert(err == OK || err == ERR_INVALID || err == ERR_STALE);
        assert((err == ERR_STALE) == u->servers[i].ended);
        stage_settle(&u->stage);
    }
}

static void end_clients(struct user *u)
{
    for (unsigned i = 0; i < u->n_clients; i++) {
        int err = engine_cancel(engine_of(u), u->clients[i].tx, STR_NONE, u->stage.now);
        assert(err == OK || err == ERR_INVALID || err == ERR_STALE);
        stage_settle(&u->stage);
    }
}

static void end_all(struct user *u)
{
    fuzz_heap_fail(&u->stage.heap, 0, 0);
    end_servers(u);
    end_clients(u);
    while (u->n_asked > 0)
        answer_store(u, 0, STORE_FAILED, STR_NONE);
    stage_fade(&u->stage, 600 * NS_PER_S);
    const struct engine_stats *stats = engine_stats(engine_of(u));
    assert(stats->tx_client == 0 && stats->tx_server == 0 && stats->conns == 0);
    assert(engine_is_quiet(engine_of(u)));
    assert(engine_deadline(engine_of(u)) == TIME_NEVER);
    facts_check_end(u);
}

void user_end(struct user *u)
{
    if (!u->cut)
        end_all(u);
    facts_release(u);
}
