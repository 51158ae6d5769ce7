/* Keep-alives to phones behind NATs: who gets one, what ends a registration that nobody answers for
 * any more, and who is told to send some itself (RFC 6223). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#define BOX "192.0.2.9:40000" /* where Bob's packets come from */
#define BOB "sip:bob@example.com"
#define PHONE "10.0.0.2:5060"
#define T1S64 32 /* 64*T1, seconds */

/* Bob registers from behind the box; his contact names `contact`. */
static void enroll(struct world *w, const char *contact, const char *more)
{
    unsigned cseq = ++w->n_registers;
    world_sendf(w, BOX,
                "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP " PHONE
                ";rport;branch=z9hG4bKn%u\r\nMax-Forwards: 70\r\nFrom: <" BOB ">;tag=r\r\n"
                "To: <" BOB ">\r\nCall-ID: n\r\nCSeq: %u REGISTER\r\n%s"
                "Contact: <sip:bob@%s>\r\nExpires: 600\r\nContent-Length: 0\r\n\r\n",
                cseq, cseq, more, contact);
    assert_int_equal(world_status(w, BOX), 200);
    world_pass(w, 1);
    world_forget(w);
}

static unsigned call(struct world *w, const char *id)
{
    world_request(w, "192.0.2.1:5060", "INVITE", BOB, "sip:alice@example.com", id,
                  "Max-Forwards: 70\r\n");
    return world_status(w, "192.0.2.1:5060");
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 60; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

static void an_empty_line_goes_to_who_is_behind_a_nat(void **state)
{
    struct world *w = world_new(NULL, -1);
    struct element_stats s;
    (void)state;
    enroll(w, PHONE, "");
    world_ping(w, STR(BOB), PING_CRLF);
    assert_int_equal(w->n_sent, 1);
    assert_int_equal(world_count(w, BOX, "\r\n\r\n"), 1);
    element_stats(w->element, &s);
    assert_int_equal(s.pings, 1);
    world_forget(w);
    enroll(w, "192.0.2.9:40000", ""); /* its own address: no NAT; it took the other's place */
    world_ping(w, STR(BOB), PING_CRLF);
    assert_int_equal(world_count(w, BOX, "\r\n\r\n"), 1); /* the first contact's */
    finish(w);
}

static void who_comes_by_a_path_is_the_edge_proxys(void **state)
{
    struct world *w = world_new(NULL, -1);
    (void)state;
    enroll(w, PHONE, "Path: <sip:edge.example.com;lr>\r\nSupported: path\r\n");
    world_ping(w, STR(BOB), PING_CRLF);
    world_ping(w, STR(BOB), PING_OPTIONS);
    assert_int_equal(w->n_sent, 0);
    finish(w);
}

static void any_answer_shows_that_somebody_is_there(void **state)
{
    static const unsigned statuses[] = {200, 404, 405, 486, 503, 603};
    struct world *w = world_new(NULL, -1);
    (void)state;
    enroll(w, PHONE, "");
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        world_ping(w, STR(BOB), PING_OPTIONS);
        assert_int_equal(world_count(w, BOX, "OPTIONS sip:bob@" PHONE " SIP/2.0\r\n"), 1);
        world_answer(w, BOX, statuses[i], "");
        world_pass(w, 2 * T1S64);
        world_forget(w);
    }
    assert_int_equal(call(w, "c"), 100);
    finish(w);
}

static void who_does_not_answer_is_gone(void **state)
{
    struct world *w = world_new(NULL, -1);
    struct element_stats s;
    (void)state;
    enroll(w, PHONE, "");
    world_ping(w, STR(BOB), PING_OPTIONS);
    world_pass(w, T1S64 - 1);
    world_forget(w);
    assert_int_equal(w->store.written, 1);
    world_pass(w, 2);
    assert_int_equal(w->store.written, 2);
    assert_int_equal(call(w, "c"), 480);
    element_stats(w->element, &s);
    assert_int_equal(s.unanswered, 1);
    finish(w);
}

/* The phone has come back meanwhile: that ping was about what is no more. */
static void who_came_back_stays(void **state)
{
    struct world *w = world_new(NULL, -1);
    (void)state;
    enroll(w, PHONE, "");
    world_ping(w, STR(BOB), PING_OPTIONS);
    world_pass(w, 10);
    world_forget(w);
    enroll(w, PHONE, "");
    world_pass(w, T1S64);
    world_forget(w);
    assert_int_equal(w->store.written, 2);
    assert_int_equal(call(w, "c"), 100);
    finish(w);
}

/* Anybody can write an ICMP error. */
static void an_icmp_error_proves_nothing(void **state)
{
    struct world *w = world_new(NULL, -1);
    struct flow f = {.transport = TRANSPORT_UDP};
    (void)state;
    assert_true(addr_parse(STR(SERVER), &f.local) && addr_parse(STR(BOX), &f.remote));
    enroll(w, PHONE, "");
    world_ping(w, STR(BOB), PING_OPTIONS);
    (void)element_unreachable(w->element, &f, w->now);
    world_pass(w, 2 * T1S64);
    world_forget(w);
    assert_int_equal(w->store.written, 1);
    assert_int_equal(call(w, "c"), 100);
    finish(w);
}

/* Each allocation fails once: nothing is lost but the ping. */
static void without_memory_it_waits_for_another_time(void **state)
{
    (void)state;
    for (long fail = 0; fail < 12; fail++) {
        struct world *w = world_new(NULL, -1);
        enroll(w, PHONE, "");
        w->fail_in = fail;
        world_ping(w, STR(BOB), PING_OPTIONS);
        w->fail_in = -1;
        world_answer(w, BOX, 200, "");
        world_forget(w);
        assert_int_equal(call(w, "c"), 100);
        finish(w);
    }
}

/* RFC 6223 4.4: who asks for it is told how often to send keep-alives here. */
static const char *asks(struct world *w, const char *method, const char *uri, const char *keep)
{
    unsigned n = ++w->n_registers;
    world_forget(w);
    world_sendf(w, BOX,
                "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP " PHONE ";%s;rport;branch=z9hG4bKk%u\r\n"
                "Max-Forwards: 70\r\nFrom: <" BOB ">;tag=k\r\nTo: <" BOB ">\r\nCall-ID: k%u\r\n"
                "CSeq: %u %s\r\nContact: <sip:bob@" PHONE ">\r\nContent-Length: 0\r\n\r\n",
                method, uri, keep, n, n, n, method);
    return world_last(w, BOX);
}

#define ALICE "192.0.2.1:5060"

static void who_asks_is_told_to_keep_alive(void **state)
{
    struct world *w = world_new(NULL, -1);
    (void)state;
    assert_non_null(strstr(asks(w, "REGISTER", "sip:example.com", "keep"),
                           "200 OK\r\nVia: SIP/2.0/UDP " PHONE ";keep=30;branch="));
    assert_non_null(strstr(asks(w, "REGISTER", "sip:example.com", "keep=5"), ";keep=5;branch="));
    assert_null(strstr(asks(w, "REGISTER", "sip:example.com", "x=1"), "keep"));
    world_register(w, ALICE, "alice", 600);
    (void)asks(w, "INVITE", "sip:alice@example.com", "keep");
    world_answer(w, ALICE, 180, "");
    assert_non_null(strstr(world_last(w, BOX), "180 \r\nVia: SIP/2.0/UDP " PHONE ";keep=30;"));
    world_answer(w, ALICE, 486, "");
    (void)asks(w, "MESSAGE", "sip:alice@example.com", "keep"); /* makes no dialog */
    world_answer(w, ALICE, 200, "");
    assert_non_null(strstr(world_last(w, BOX), "200 \r\nVia: SIP/2.0/UDP " PHONE ";keep;"));
    finish(w);
}

static void leave(struct element_config *c)
{
    c->proxy.record_route = false;
}

/* RFC 6223 4.4: the next request of that dialog does not come by us. */
static void who_leaves_the_path_wants_no_keep_alives(void **state)
{
    struct world *w = world_new(leave, -1);
    (void)state;
    world_register(w, ALICE, "alice", 600);
    (void)asks(w, "INVITE", "sip:alice@example.com", "keep");
    world_answer(w, ALICE, 180, "");
    assert_non_null(strstr(world_last(w, BOX), "180 \r\nVia: SIP/2.0/UDP " PHONE ";keep;"));
    world_answer(w, ALICE, 486, "");
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_line_goes_to_who_is_behind_a_nat),
        cmocka_unit_test(who_comes_by_a_path_is_the_edge_proxys),
        cmocka_unit_test(any_answer_shows_that_somebody_is_there),
        cmocka_unit_test(who_does_not_answer_is_gone),
        cmocka_unit_test(who_came_back_stays),
        cmocka_unit_test(an_icmp_error_proves_nothing),
        cmocka_unit_test(without_memory_it_waits_for_another_time),
        cmocka_unit_test(who_asks_is_told_to_keep_alive),
        cmocka_unit_test(who_leaves_the_path_wants_no_keep_alives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
