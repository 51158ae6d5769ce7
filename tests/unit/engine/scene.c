/* The scene: plays a little of everything on one engine and tolerates a refusing heap. */
#include "scene.h"

#include "../../sim/zone.h"

#include <stdio.h>
#include <string.h>

static void tolerate(int err)
{
    if (err != OK && err != ERR_NOMEM && err != ERR_STALE)
        fail_msg("error %d", err);
}

static void pass(struct rig *r, time_ns span)
{
    time_ns until = r->now + span;
    for (unsigned i = 0; i < 4000 && engine_deadline(r->e) <= until; i++) {
        if (engine_deadline(r->e) > r->now)
            r->now = engine_deadline(r->e);
        tolerate(engine_time(r->e, r->now));
        rig_drain(r);
    }
    r->now = until;
}

/* What was sent last and starts so; NULL: nothing. */
static const char *last(const struct rig *r, const char *start)
{
    for (size_t i = r->n_sent; i-- > 0;)
        if (r->sent[i].kind == OUTPUT_SEND && strncmp(r->sent[i].text, start, strlen(start)) == 0)
            return r->sent[i].text;
    return NULL;
}

static const struct engine_event *last_event(const struct rig *r, enum engine_event_kind kind)
{
    for (size_t i = r->n_events; i-- > 0;)
        if (r->events[i].kind == kind)
            return &r->events[i];
    return NULL;
}

static void forward(struct rig *r, const struct engine_event *ev, const char *to)
{
    tx_id tx;
    struct uri uri;
    struct msg_error err;
    if (!ev || !ev->msg || !uri_parse(str_from(to), &uri, &err))
        return;
    struct outgoing o = {.base = ev->msg, .hop = &uri, .owner = 1, .user = 1};
    tolerate(engine_request(r->e, &o, r->now, &tx));
    rig_drain(r);
}

static void respond(struct rig *r, const char *start, unsigned status)
{
    const char *request = last(r, start);
    if (!request)
        return;
    tolerate(rig_from(r, RIG_UDP, "192.0.2.20:5060", rig_response(request, status, "b1", "")));
}

static void play_call(struct rig *r)
{
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060", rig_request("INVITE", "z9hG4bKc", "", "")));
    const struct engine_event *ev = last_event(r, EVENT_REQUEST);
    tx_id server = ev ? ev->tx : 0;
    forward(r, ev, "sip:bob@192.0.2.20");
    respond(r, "INVITE ", 180);
    respond(r, "INVITE ", 200);
    ev = last_event(r, EVENT_RESPONSE);
    if (ev && server)
        (void)engine_forward_response(r->e, server, ev->msg, NULL, r->now);
    rig_drain(r);
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060", rig_request("ACK", "z9hG4bKd", "b1", "")));
    ev = last_event(r, EVENT_ACK);
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {.base = ev ? ev->msg : NULL, .flow = &flow};
    if (ev)
        tolerate(engine_send_stateless(r->e, &o, r->now));
    rig_drain(r);
}

static void play_cancel(struct rig *r)
{
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060", rig_request("INVITE", "z9hG4bKe", "", "")));
    const struct engine_event *ev = last_event(r, EVENT_REQUEST);
    tx_id server = ev ? ev->tx : 0;
    forward(r, ev, "sip:bob@192.0.2.20");
    respond(r, "INVITE ", 180);
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060", rig_request("CANCEL", "z9hG4bKe", "", "")));
    ev = last_event(r, EVENT_RESPONSE);
    if (ev)
        tolerate(engine_cancel(r->e, ev->tx, STR("Reason: SIP;cause=487\r\n"), r->now));
    rig_drain(r);
    respond(r, "CANCEL ", 200);
    respond(r, "INVITE ", 487);
    struct reply reply = {.status = 487};
    (void)engine_reply(r->e, server, &reply, r->now);
    rig_drain(r);
    pass(r, 2 * NS_S);
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060", rig_request("ACK", "z9hG4bKe", "x", "")));
}

static void send_own(struct rig *r, const char *to, struct str text)
{
    tx_id tx;
    struct uri uri;
    struct msg_error err;
    assert_true(uri_parse(str_from(to), &uri, &err));
    struct outgoing o = {.text = text, .hop = &uri};
    tolerate(engine_request(r->e, &o, r->now, &tx));
    tolerate(engine_send_stateless(r->e, &o, r->now));
    rig_drain(r);
}

/* The name is 192.0.2.20 and 192.0.2.22. */
static void answer(struct rig *r, const struct rig_sent *s)
{
    char space[ZONE_ANSWER_MAX];
    struct block_pool blocks;
    struct hosts_fault fault;
    struct hosts *zone = hosts_new(&mem_libc);
    struct dns_question q = {str_from(s->text), s->type};
    block_pool_init(&blocks, &mem_libc, 1);
    assert_int_equal(
        hosts_zone(zone, STR("example.com A 192.0.2.20\nexample.com A 192.0.2.22"), &fault), OK);
    tolerate(engine_resolved(r->e, s->query, zone_answer(zone, &blocks, &q, 60, space), r->now));
    block_pool_fini(&blocks);
    hosts_free(zone);
}

static void play_own(struct rig *r)
{
    static char text[2000];
    struct addr local = rig_addr("192.0.2.1:40000");
    int n =
        snprintf(text, sizeof text,
                 "OPTIONS sip:x SIP/2.0\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: own\r\n"
                 "CSeq: 1 OPTIONS\r\nContent-Length: 1400\r\n\r\n");
    memset(text + n, 'x', 1400);
    size_t from = r->n_sent;
    send_own(r, "sip:x@example.com", (struct str){text, (size_t)n});
    send_own(r, "sip:x@192.0.2.20", (struct str){text, (size_t)n + 1400});
    send_own(r, "sip:x@192.0.2.21;transport=tcp", (struct str){text, (size_t)n});
    for (size_t i = from, end = r->n_sent; i < end; i++) {
        if (r->sent[i].kind == OUTPUT_RESOLVE)
            answer(r, &r->sent[i]);
        if (r->sent[i].kind == OUTPUT_CONNECT && r->sent[i].flow.remote.ip[3] == 20)
            tolerate(engine_closed(r->e, r->sent[i].conn, r->now));
        else if (r->sent[i].kind == OUTPUT_CONNECT)
            tolerate(engine_connected(r->e, r->sent[i].conn, &local, r->now));
        rig_drain(r);
    }
}

static void play_stream(struct rig *r)
{
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    conn_id id = engine_accepted(r->e, &flow, r->now);
    const char *text = rig_request("OPTIONS", "z9hG4bKs", "", "");
    size_t len = strlen(text);
    if (id == 0)
        return;
    tolerate(engine_stream(r->e, id, STR("\r\n\r\n"), r->now));
    tolerate(engine_stream(r->e, id, (struct str){text, len / 2}, r->now));
    tolerate(engine_stream(r->e, id, (struct str){text + len / 2, len - len / 2}, r->now));
    rig_drain(r);
    pass(r, 100 * MS);
    const struct engine_event *ev = last_event(r, EVENT_REQUEST);
    struct reply reply = {.status = 200};
    if (ev)
        (void)engine_reply(r->e, ev->tx, &reply, r->now);
    tolerate(engine_stream(r->e, id, STR("NONSENSE\r\n\r\n"), r->now));
    rig_drain(r);
}

static void play_store(struct rig *r)
{
    struct store_ask ask = {.op = STORE_PUT, .key = STR("key"), .value = STR("value")};
    size_t from = r->n_sent;
    tolerate(engine_ask_store(r->e, &ask, 1, 1));
    rig_drain(r);
    if (r->n_sent == from)
        return;
    struct store_answer a = {.query = r->sent[from].query, .value = STR("value")};
    tolerate(engine_store_answered(r->e, &a, r->now));
    rig_drain(r);
}

void scene_play(struct rig *r)
{
    play_call(r);
    play_cancel(r);
    play_own(r);
    play_stream(r);
    play_store(r);
    tolerate(rig_from(r, RIG_UDP, "192.0.2.9:5060",
                      "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9\r\n\r\n"));
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    tolerate(engine_unreachable(r->e, &flow, r->now));
    rig_drain(r);
    pass(r, 40 * NS_S);
}
