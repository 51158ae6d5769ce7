/* Several workers: a Call-ID has one owner, messages are handed over whole, connections of others
 * are used by id. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#define N 3

static struct rig rigs[N];

static void start(void)
{
    for (unsigned i = 0; i < N; i++) {
        rig_config(&rigs[i]);
        /* blocks move between workers: one heap */
        rigs[i].config.mem = &rigs[0].mem.mem;
        rigs[i].config.worker = i;
        rigs[i].config.n_workers = N;
        rigs[i].config.seed = rand_seed_from(100 + i);
        rig_start(&rigs[i]);
    }
}

/* Passes on what `from` handed over; returns the worker that got it, or `from` where it kept it. */
static unsigned pass_on(unsigned from)
{
    struct rig *r = &rigs[from];
    unsigned owner = from;
    for (size_t i = 0; i < r->n_sent; i++) {
        if (r->sent[i].kind != OUTPUT_HANDOVER)
            continue;
        owner = r->sent[i].worker;
        assert_int_not_equal(owner, from);
        struct msg *m = r->sent[i].msg;
        r->sent[i].msg = NULL;
        assert_int_equal(engine_adopt(rigs[owner].e, m, rigs[owner].now), OK);
        rig_drain(&rigs[owner]);
    }
    return owner;
}

static const char *call(const char *method, unsigned n)
{
    static char text[2048];
    const char *request = rig_request(method, "z9hG4bKone", "", "");
    snprintf(text, sizeof text, "%s", request);
    char *at = strstr(text, "call-1");
    at[5] = (char)('a' + n);
    return text;
}

/* The same Call-ID lands on the same worker wherever it comes in; so does its CANCEL. */
static void a_call_has_one_owner(void **state)
{
    (void)state;
    unsigned seen[N] = {0};
    for (unsigned n = 0; n < 20; n++) {
        start();
        rig_recv(&rigs[0], call("INVITE", n));
        unsigned owner = pass_on(0);
        seen[owner]++;
        assert_int_equal(rig_count_events(&rigs[owner], EVENT_REQUEST), 1);
        assert_int_equal(engine_stats(rigs[owner].e)->tx_server, 1);
        assert_int_equal(engine_stats(rigs[0].e)->received, 1);
        rig_recv(&rigs[2], call("INVITE", n));
        assert_int_equal(pass_on(2), owner);
        assert_int_equal(engine_stats(rigs[owner].e)->retransmissions_in, 1);
        rig_recv(&rigs[1], call("CANCEL", n));
        assert_int_equal(pass_on(1), owner);
        assert_int_not_equal(rig_event(&rigs[owner], EVENT_CANCEL)->other, 0);
        for (unsigned i = N; i-- > 0;)
            rig_free(&rigs[i]);
    }
    for (unsigned i = 0; i < N; i++)
        assert_true(seen[i] > 0);
}

/* A request from a connection of worker 0 that worker k owns is answered on that connection. */
static void connections_of_others_are_used(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 20; n++) {
        start();
        struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
        conn_id id = engine_accepted(rigs[0].e, &flow, rigs[0].now);
        assert_int_equal(id >> 56, 0);
        struct str text = str_from(call("INVITE", n));
        assert_int_equal(engine_stream(rigs[0].e, id, text, rigs[0].now), OK);
        rig_drain(&rigs[0]);
        unsigned owner = pass_on(0);
        struct rig *r = &rigs[owner];
        size_t before = r->n_sent;
        tx_id tx = rig_event(r, EVENT_REQUEST)->tx;
        assert_int_equal(rig_reply(r, tx, 180), OK);
        assert_int_equal(r->sent[before].flow.conn, id);
        if (owner != 0) {
            assert_int_equal(engine_stats(r->e)->conns, 0);
            assert_int_equal(engine_closed(r->e, id, r->now), OK);
            assert_int_equal(rig_reply(r, tx, 200), OK);
            assert_int_equal(r->sent[before + 1].kind, OUTPUT_CONNECT);
            assert_int_equal(r->sent[before + 1].conn >> 56, owner);
        }
        for (unsigned i = N; i-- > 0;)
            rig_free(&rigs[i]);
    }
}

/* A client transaction on another worker's connection hears of its end. */
static void clients_on_others_connections(void **state)
{
    (void)state;
    start();
    struct rig *r = &rigs[1];
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    flow.conn = (conn_id)2 << 56 | 7;
    struct outgoing o = {.text =
                             STR("OPTIONS sip:a SIP/2.0\r\nTo: <sip:a>\r\nCSeq: 1 OPTIONS\r\n\r\n"),
                         .flow = &flow};
    tx_id tx;
    assert_int_equal(engine_request(r->e, &o, r->now, &tx), OK);
    rig_drain(r);
    assert_int_equal(r->sent[0].flow.conn, flow.conn);
    assert_int_equal(engine_unreachable(r->e, &flow, r->now), OK);
    rig_drain(r);
    assert_int_equal(rig_event(r, EVENT_TRANSPORT_ERROR)->tx, tx);
    for (unsigned i = N; i-- > 0;)
        rig_end(&rigs[i]);
}

/* What the rig handed over, and to whom; NULL: nothing. */
static struct msg *handed_over(struct rig *r, struct rig **owner)
{
    for (size_t i = 0; i < r->n_sent; i++) {
        struct msg *m = r->sent[i].msg;
        if (r->sent[i].kind != OUTPUT_HANDOVER)
            continue;
        *owner = &rigs[r->sent[i].worker];
        r->sent[i].msg = NULL;
        return m;
    }
    return NULL;
}

/* Whether it was refused before it was adopted. */
static bool adopt_short_of_memory(struct rig *owner, struct msg *m, size_t allocs)
{
    rigs[0].mem.refuse_after = allocs;
    int first = engine_adopt(owner->e, m, owner->now);
    rigs[0].mem.refuse_after = SIZE_MAX;
    if (first == ERR_NOMEM)
        assert_int_equal(engine_adopt(owner->e, m, owner->now), OK);
    else
        assert_int_equal(first, OK);
    return first == ERR_NOMEM;
}

/* Without memory the message stays the giver's, whole; given again it is taken. */
static void adopted_once_there_is_memory(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (unsigned n = 0; n < 20; n++) {
        struct rig *owner = NULL;
        start();
        rig_recv(&rigs[0], call("INVITE", n));
        struct msg *m = handed_over(&rigs[0], &owner);
        if (m) {
            refused += adopt_short_of_memory(owner, m, n % 3);
            rig_drain(owner);
            assert_int_equal(rig_count_events(owner, EVENT_REQUEST), 1);
        }
        for (unsigned i = N; i-- > 0;)
            rig_free(&rigs[i]);
    }
    assert_true(refused > 3);
}

#define WITHIN(METHOD)                                                                             \
    METHOD " sip:b@192.0.2.9:5080;transport=tcp SIP/2.0\r\nFrom: <sip:a>;tag=a\r\nTo: <sip:b>\r\n" \
           "Call-ID: x\r\nCSeq: 1 " METHOD "\r\n\r\n"

/* Worker 2's connection is gone and worker 1 does not know: what it sends there goes to the hop. */
static struct outgoing to_a_gone_connection(struct flow *flow, struct uri *hop, const char *text)
{
    struct msg_error err;
    *flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    flow->conn = (conn_id)2 << 56 | 7;
    assert_true(uri_parse(STR("sip:b@192.0.2.9:5080;transport=tcp"), hop, &err));
    return (struct outgoing){.text = str_from(text), .flow = flow, .hop = hop};
}

/* The connection that it asks for stands; then the text must go out by it. */
static void expect_by_hop(struct rig *r, const char *start, const struct flow *gone)
{
    size_t before = r->n_sent;
    assert_int_equal(r->sent[0].flow.conn, gone->conn);
    assert_int_equal(engine_closed(r->e, gone->conn, r->now), OK);
    rig_drain(r);
    assert_int_equal(r->n_sent, before + 1);
    assert_int_equal(r->sent[before].kind, OUTPUT_CONNECT);
    assert_int_equal(r->sent[before].flow.remote.port, 5080);
    assert_int_equal(
        engine_connected(r->e, r->sent[before].conn, &r->sent[before].flow.local, r->now), OK);
    rig_drain(r);
    assert_true(str_starts(str_from(rig_text(r, before + 1)), str_from(start)));
}

static void a_request_outlives_others_connections(void **state)
{
    (void)state;
    start();
    struct rig *r = &rigs[1];
    struct flow flow;
    struct uri hop;
    struct outgoing o = to_a_gone_connection(&flow, &hop, WITHIN("INVITE"));
    tx_id tx;
    assert_int_equal(engine_request(r->e, &o, r->now, &tx), OK);
    rig_drain(r);
    expect_by_hop(r, "INVITE ", &flow);
    assert_int_equal(rig_count_events(r, EVENT_TRANSPORT_ERROR), 0);
    for (unsigned i = N; i-- > 0;)
        rig_free(&rigs[i]);
}

static void so_does_an_ack(void **state)
{
    (void)state;
    start();
    struct rig *r = &rigs[1];
    struct flow flow;
    struct uri hop;
    struct outgoing o = to_a_gone_connection(&flow, &hop, WITHIN("ACK"));
    assert_int_equal(engine_send_stateless(r->e, &o, r->now), OK);
    assert_int_equal(engine_send_stateless(r->e, &o, r->now), OK);
    rig_drain(r);
    rig_pass(r, 100 * NS_PER_MS);
    expect_by_hop(r, "ACK ", &flow);
    for (unsigned i = N; i-- > 0;)
        rig_free(&rigs[i]);
}

/* What nobody called lost within T1 is let go. */
static void an_ack_is_held_for_a_moment(void **state)
{
    (void)state;
    start();
    struct rig *r = &rigs[1];
    struct flow flow;
    struct uri hop;
    struct outgoing o = to_a_gone_connection(&flow, &hop, WITHIN("ACK"));
    assert_int_equal(engine_send_stateless(r->e, &o, r->now), OK);
    rig_drain(r);
    rig_pass(r, 600 * NS_PER_MS);
    assert_int_equal(engine_closed(r->e, flow.conn, r->now), ERR_STALE);
    rig_drain(r);
    assert_int_equal(r->n_sent, 1);
    for (unsigned i = N; i-- > 0;)
        rig_end(&rigs[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_has_one_owner),
        cmocka_unit_test(connections_of_others_are_used),
        cmocka_unit_test(clients_on_others_connections),
        cmocka_unit_test(adopted_once_there_is_memory),
        cmocka_unit_test(a_request_outlives_others_connections),
        cmocka_unit_test(so_does_an_ack),
        cmocka_unit_test(an_ack_is_held_for_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
