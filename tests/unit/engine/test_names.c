/* Names of hops: resolved, tried one place after the other within one transaction (RFC 3263 4.3),
 * and what becomes of those that were left. */
#include "rig.h"

#include <string.h>

#include "base/limits.h"
#include "resolve/resolve.h"

static struct rig rig;

#define ZONE                                                       \
    "_sip._udp.example.net SRV 1 0 5070 a.example.net\n"           \
    "_sip._udp.example.net SRV 2 0 5070 b.example.net\n"           \
    "_sip._udp.example.net SRV 3 0 5070 c.example.net\n"           \
    "a.example.net A 198.51.100.1\nb.example.net A 198.51.100.2\n" \
    "c.example.net A 198.51.100.3\n"
#define A "198.51.100.1:5070"
#define B "198.51.100.2:5070"
#define C "198.51.100.3:5070"

static tx_id start(const char *method)
{
    tx_id tx;
    rig_new(&rig);
    tx = rig_send(&rig, method, "sip:bob@example.net");
    rig_dns(&rig, ZONE);
    return tx;
}

static bool is_to(size_t n, const char *where)
{
    struct addr a = rig_addr(where);
    return addr_equal(&rig.sent[n].flow.remote, &a);
}

/* The n-th sent message from the end that starts so. */
static size_t last(const char *what, unsigned n)
{
    for (size_t i = rig.n_sent; i-- > 0;)
        if (rig.sent[i].kind == OUTPUT_SEND &&
            strncmp(rig_text(&rig, i), what, strlen(what)) == 0 && n-- == 0)
            return i;
    fail_msg("%s was not sent", what);
    return 0;
}

static void answer(size_t to, const char *from, unsigned status, const char *tag, const char *more)
{
    assert_int_equal(
        rig_from(&rig, RIG_UDP, from, rig_response(rig_text(&rig, to), status, tag, more)), OK);
}

static void not_there(size_t n)
{
    assert_int_equal(engine_unreachable(rig.e, &rig.sent[n].flow, rig.now), OK);
    rig_drain(&rig);
    rig_pass(&rig, 101 * MS);
}

static void a_name_leads_somewhere(void **state)
{
    (void)state;
    tx_id tx = start("OPTIONS");
    size_t at = last("OPTIONS", 0);
    assert_true(is_to(at, A));
    assert_true(rig_has(&rig, at, "OPTIONS sip:bob@example.net SIP/2.0\r\nVia: "));
    answer(at, A, 200, "a", "");
    assert_int_equal(rig_event(&rig, EVENT_RESPONSE)->tx, tx);
    /* it is remembered: nothing is asked */
    rig_clear(&rig);
    rig_send(&rig, "OPTIONS", "sip:carol@EXAMPLE.net.");
    assert_int_equal(rig.n_sent, 1);
    assert_true(is_to(0, A));
    rig_end(&rig);
}

/* RFC 3263 4.3: the next place where one cannot be reached, under another branch; the user hears
 * nothing until there is none left. */
static void places_are_tried_in_turn(void **state)
{
    (void)state;
    static const char *places[] = {A, B, C};
    tx_id tx = start("INVITE");
    for (size_t i = 0; i < 3; i++) {
        assert_true(is_to(last("INVITE", 0), places[i]));
        assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 0);
        not_there(last("INVITE", 0));
    }
    assert_string_not_equal(rig_text(&rig, last("INVITE", 0)), rig_text(&rig, last("INVITE", 1)));
    assert_int_equal(rig_event(&rig, EVENT_TRANSPORT_ERROR)->tx, tx);
    rig_end(&rig);
}

/* What failed is tried last by the next one, and first again after a while. */
static void the_dead_are_avoided(void **state)
{
    (void)state;
    start("OPTIONS");
    not_there(last("OPTIONS", 0));
    answer(last("OPTIONS", 0), B, 200, "b", "");
    rig_send(&rig, "OPTIONS", "sip:carol@example.net");
    assert_true(is_to(last("OPTIONS", 0), B));
    rig_pass(&rig, LIMIT_RESOLVE_AVOID_S * NS_S);
    rig_send(&rig, "OPTIONS", "sip:carol@example.net");
    assert_true(is_to(last("OPTIONS", 0), A));
    rig_end(&rig);
}

/* A place that says nothing has its share of the time; 64*T1 are for all of them. */
static void the_silent_are_left(void **state)
{
    (void)state;
    tx_id tx = start("OPTIONS");
    time_ns began = rig.now;
    rig_pass(&rig, 8 * NS_S - MS);
    assert_true(is_to(last("OPTIONS", 0), A));
    rig_pass(&rig, 2 * MS);
    assert_true(is_to(last("OPTIONS", 0), B));
    rig_pass(&rig, 8 * NS_S);
    assert_true(is_to(last("OPTIONS", 0), C));
    rig_pass(&rig, 17 * NS_S);
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, tx);
    assert_true(rig.now - began < 34 * NS_S);
    assert_int_equal(rig_count_events(&rig, EVENT_TIMEOUT), 1);
    rig_end(&rig);
}

/* Its 100 says that an INVITE has arrived: nobody else is asked. */
static void who_answers_is_not_left(void **state)
{
    (void)state;
    start("INVITE");
    answer(last("INVITE", 0), A, 100, "", "");
    rig_pass(&rig, 60 * NS_S);
    assert_int_equal(rig_count(&rig, "INVITE "), 1);
    answer(last("INVITE", 0), A, 486, "a", "");
    rig_end(&rig);
}

/* RFC 3263 4.3 with RFC 3261 17.1.1.3: each 503 is acknowledged where it came from, however often
 * it comes, and only the last one is told. */
static void a_503_is_made_up_for(void **state)
{
    (void)state;
    tx_id tx = start("INVITE");
    size_t first = last("INVITE", 0);
    answer(first, A, 503, "a", "Retry-After: 120\r\n");
    assert_true(is_to(last("ACK", 0), A));
    assert_true(is_to(last("INVITE", 0), B));
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 0);
    answer(first, A, 503, "a", "");
    assert_int_equal(rig_count(&rig, "ACK "), 2);
    answer(last("INVITE", 0), B, 180, "b", "");
    answer(last("INVITE", 0), B, 503, "b", "");
    answer(last("INVITE", 0), C, 503, "c", "");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 2);
    assert_int_equal(rig.events[rig.n_events - 1].tx, tx);
    assert_int_equal(rig_count(&rig, "ACK "), 4);
    /* Retry-After is kept: that one comes last */
    rig_pass(&rig, 60 * NS_S);
    rig_send(&rig, "OPTIONS", "sip:carol@example.net");
    rig_dns(&rig, ZONE);
    assert_true(is_to(last("OPTIONS", 0), B));
    rig_end(&rig);
}

/* It comes once by a stream: what it finds no memory for must not wait for another. */
static void a_503_that_finds_no_memory(void **state)
{
    (void)state;
    for (size_t refuse = 0; refuse < 16; refuse++) {
        start("INVITE");
        size_t first = last("INVITE", 0);
        answer(first, A, 100, "", "");
        rig.mem.refuse_after = refuse;
        int err = rig_from(&rig, RIG_UDP, A, rig_response(rig_text(&rig, first), 503, "a", ""));
        rig.mem.refuse_after = SIZE_MAX;
        if (err)
            answer(first, A, 503, "a", "");
        if (is_to(last("INVITE", 0), B))
            answer(last("INVITE", 0), B, 486, "b", "");
        assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE) +
                             rig_count_events(&rig, EVENT_TRANSPORT_ERROR),
                         2);
        rig_end(&rig);
    }
}

/* An INVITE that was left and then rings is cancelled there … */
static void who_rings_late_is_cancelled(void **state)
{
    (void)state;
    start("INVITE");
    size_t first = last("INVITE", 0);
    rig_pass(&rig, 3600 * MS);
    size_t second = last("INVITE", 0);
    assert_true(is_to(second, B));
    answer(first, A, 180, "a", "");
    assert_true(is_to(last("CANCEL", 0), A));
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 0);
    answer(last("CANCEL", 0), A, 200, "a", "");
    answer(first, A, 487, "a", "");
    assert_true(is_to(last("ACK", 0), A));
    answer(second, B, 200, "b", "");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 1);
    rig_end(&rig);
}

/* … and its 2xx is the callee's yes: whom else we asked is told. */
static void who_answers_late_has_answered(void **state)
{
    (void)state;
    tx_id tx = start("INVITE");
    size_t first = last("INVITE", 0);
    rig_pass(&rig, 3600 * MS);
    size_t second = last("INVITE", 0);
    answer(second, B, 180, "b", "");
    answer(first, A, 200, "a", "");
    assert_true(is_to(last("CANCEL", 0), B));
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 2);
    assert_int_equal(rig.events[rig.n_events - 1].tx, tx);
    assert_int_equal(rig.events[rig.n_events - 1].msg->status, 200);
    answer(second, B, 487, "b", "");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 2);
    assert_true(is_to(last("ACK", 0), B));
    rig_end(&rig);
}

/* RFC 3261 9.1, 17.1.1.3: the CANCEL goes where its INVITE went last. */
static void a_cancel_follows_its_invite(void **state)
{
    (void)state;
    tx_id tx = start("INVITE");
    not_there(last("INVITE", 0));
    answer(last("INVITE", 0), B, 180, "b", "");
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_drain(&rig);
    assert_true(is_to(last("CANCEL", 0), B));
    answer(last("CANCEL", 0), B, 200, "b", "");
    answer(last("INVITE", 0), B, 487, "b", "");
    assert_true(is_to(last("ACK", 0), B));
    rig_end(&rig);
}

/* A wanted CANCEL asks nobody else. */
static void who_cancels_asks_nobody_else(void **state)
{
    (void)state;
    tx_id tx = start("INVITE");
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_pass(&rig, 40 * NS_S);
    for (size_t i = 0; i < rig.n_sent; i++)
        assert_true(rig.sent[i].kind != OUTPUT_SEND || is_to(i, A));
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, tx);
    rig_end(&rig);
}

/* A connection that is not made in time, and what waits for it is not sent when it is. */
static void a_slow_connection_is_left(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_send(&rig, "OPTIONS", "sip:bob@example.net:5070;transport=tcp");
    rig_dns(&rig, "example.net A 198.51.100.1\nexample.net A 198.51.100.2\n");
    size_t slow = rig.n_sent - 1;
    assert_int_equal(rig.sent[slow].kind, OUTPUT_CONNECT);
    rig_pass(&rig, 9 * NS_S);
    size_t other = rig.n_sent - 1;
    assert_int_equal(rig.sent[other].kind, OUTPUT_CONNECT);
    assert_true(is_to(other, B));
    struct addr local = rig_addr("192.0.2.1:40000");
    assert_int_equal(engine_connected(rig.e, rig.sent[slow].conn, &local, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count(&rig, "OPTIONS "), 0);
    assert_int_equal(engine_connected(rig.e, rig.sent[other].conn, &local, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count(&rig, "OPTIONS "), 1);
    rig_end(&rig);
}

/* What the first place says late to another request than INVITE is not the answer of the second. */
static void a_left_place_is_past(void **state)
{
    (void)state;
    tx_id tx = start("OPTIONS");
    size_t first = last("OPTIONS", 0);
    rig_pass(&rig, 9 * NS_S);
    answer(first, A, 200, "a", "");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 0);
    answer(last("OPTIONS", 0), B, 200, "b", "");
    assert_int_equal(rig_event(&rig, EVENT_RESPONSE)->tx, tx);
    rig_end(&rig);
}

/* An ACK; returns where its connection is to go, and which it is. */
static struct rig_sent send_stateless(void)
{
    struct uri hop;
    struct msg_error err;
    struct outgoing out = {.text = STR("ACK sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\n"), .hop = &hop};
    assert_true(uri_parse(STR("sip:x@example.net:5070;transport=tcp"), &hop, &err));
    assert_int_equal(engine_send_stateless(rig.e, &out, rig.now), OK);
    rig_drain(&rig);
    rig_dns(&rig, "example.net A 198.51.100.1\nexample.net A 198.51.100.2\n");
    assert_int_equal(rig.sent[rig.n_sent - 1].kind, OUTPUT_CONNECT);
    return rig.sent[rig.n_sent - 1];
}

static bool leads_to(const struct rig_sent *s, const char *where)
{
    struct addr a = rig_addr(where);
    return addr_equal(&s->flow.remote, &a);
}

/* Without a transaction the next place has its turn where no connection is made to one, and the
 * next request begins there (RFC 3263 4.3, 4.4). */
static void so_are_those_of_a_stateless_request(void **state)
{
    (void)state;
    struct addr local = rig_addr("192.0.2.1:40000");
    rig_new(&rig);
    struct rig_sent s = send_stateless();
    assert_true(leads_to(&s, A));
    assert_int_equal(engine_closed(rig.e, s.conn, rig.now), OK);
    rig_drain(&rig);
    s = rig.sent[rig.n_sent - 1];
    assert_true(leads_to(&s, B));
    assert_int_equal(engine_connected(rig.e, s.conn, &local, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count(&rig, "ACK "), 1);
    assert_int_equal(engine_closed(rig.e, s.conn, rig.now), OK);
    s = send_stateless();
    assert_true(leads_to(&s, B));
    assert_int_equal(engine_closed(rig.e, s.conn, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(engine_closed(rig.e, rig.sent[rig.n_sent - 1].conn, rig.now), OK);
    rig_drain(&rig);
    assert_true(leads_to(&rig.sent[rig.n_sent - 1], A));
    assert_int_equal(engine_stats(rig.e)->transport_errors, 1);
    rig_end(&rig);
}

/* RFC 3261 17.1.1.2: a request whose sender has given up leads to nothing but trouble. */
static void what_is_known_too_late_is_not_sent(void **state)
{
    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        struct uri hop;
        struct msg_error err;
        struct outgoing out = {.text = STR("ACK sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\n"),
                               .hop = &hop};
        rig_new(&rig);
        assert_true(uri_parse(STR("sip:x@example.net"), &hop, &err));
        assert_int_equal(engine_send_stateless(rig.e, &out, rig.now), OK);
        rig_drain(&rig);
        rig_pass(&rig, 25 * NS_S);
        if (late) { /* the first question fails, and others are asked */
            rig.n_looked = rig.n_sent;
            rig_pass(&rig, 8 * NS_S);
        }
        rig_dns(&rig, ZONE);
        assert_int_equal(rig_count(&rig, "ACK "), !late);
        rig_end(&rig);
    }
}

/* At any moment; what was not taken may be sent again. */
static void a_stateless_request_that_finds_no_memory(void **state)
{
    (void)state;
    for (size_t refuse = 0; refuse < 24; refuse++) {
        rig_new(&rig);
        struct rig_sent s = send_stateless();
        rig.mem.refuse_after = refuse;
        int err = engine_closed(rig.e, s.conn, rig.now);
        rig_drain(&rig);
        rig.mem.refuse_after = SIZE_MAX;
        if (err == ERR_NOMEM)
            assert_int_equal(engine_closed(rig.e, s.conn, rig.now), OK);
        rig_drain(&rig);
        const struct rig_sent *next = &rig.sent[rig.n_sent - 1];
        if (!leads_to(next, B))
            assert_int_equal(engine_stats(rig.e)->transport_errors, 1);
        rig_free(&rig);
    }
}

static void names_that_lead_nowhere(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "OPTIONS", "sip:bob@example.org:5060");
    uint64_t query = rig.sent[0].query;
    rig_dns(&rig, "example.net A 198.51.100.1\n");
    assert_int_equal(rig_event(&rig, EVENT_TRANSPORT_ERROR)->tx, tx);
    assert_int_equal(engine_resolved(rig.e, query, STR_NONE, rig.now), ERR_STALE);
    /* known by now */
    struct uri hop;
    struct msg_error err;
    struct outgoing out = {.text = STR("OPTIONS sip:a@b SIP/2.0\r\n\r\n"), .hop = &hop};
    assert_true(uri_parse(STR("sip:x@example.org:5060"), &hop, &err));
    assert_int_equal(engine_request(rig.e, &out, rig.now, &tx), ERR_NO_ROUTE);
    rig_end(&rig);
}

/* Nobody answers the questions: the request ends in time. */
static void no_name_server(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id one = rig_send(&rig, "INVITE", "sip:bob@example.org");
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, one);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_leads_somewhere),
        cmocka_unit_test(places_are_tried_in_turn),
        cmocka_unit_test(the_dead_are_avoided),
        cmocka_unit_test(the_silent_are_left),
        cmocka_unit_test(who_answers_is_not_left),
        cmocka_unit_test(a_503_is_made_up_for),
        cmocka_unit_test(a_503_that_finds_no_memory),
        cmocka_unit_test(who_rings_late_is_cancelled),
        cmocka_unit_test(who_answers_late_has_answered),
        cmocka_unit_test(a_cancel_follows_its_invite),
        cmocka_unit_test(who_cancels_asks_nobody_else),
        cmocka_unit_test(a_slow_connection_is_left),
        cmocka_unit_test(a_left_place_is_past),
        cmocka_unit_test(so_are_those_of_a_stateless_request),
        cmocka_unit_test(what_is_known_too_late_is_not_sent),
        cmocka_unit_test(a_stateless_request_that_finds_no_memory),
        cmocka_unit_test(names_that_lead_nowhere),
        cmocka_unit_test(no_name_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
