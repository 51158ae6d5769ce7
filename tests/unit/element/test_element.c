/* An element as a server runs it: registrations, calls, refusals and relaying, from the wire to the
 * wire in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5062"
#define BOB_DESK "192.0.2.3:5060"
#define STRANGER "203.0.113.9:5060"
#define LOCAL_A "127.0.0.1:5070"
#define LOCAL_B "127.0.0.1:5080"
#define MF "Max-Forwards: 70\r\n"
#define FROM_ALICE "sip:alice@example.com"

static struct world *world_of(void (*change)(struct element_config *))
{
    struct world *w = world_new(change, -1);
    assert_non_null(w);
    return w;
}

/* After every test: five minutes later nothing is under way and no memory is left. */
static void finish(struct world *w)
{
    world_forget(w);
    for (unsigned i = 0; i < 60; i++) {
        world_pass(w, 5);
        world_forget(w);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

static bool last_has(const struct world *w, const char *to, const char *text)
{
    const char *last = world_last(w, to);
    return last && strstr(last, text);
}

static void invite(struct world *w, const char *call_id)
{
    world_request(w, ALICE, "INVITE", "sip:bob@example.com", FROM_ALICE, call_id, MF);
}

/* The Record-Route values of the last message to `at`, as a Route of an in-dialog request. */
static void route_of(const struct world *w, const char *at, char *out, size_t cap)
{
    const char *rr = strstr(world_last(w, at), "Record-Route: ");
    assert_non_null(rr);
    snprintf(out, cap, "Route: %.*s\r\n" MF, (int)(strcspn(rr, "\r") - 14), rr + 14);
}

/* RFC 3261 4, 10, 16: register, call, talk, hang up. */
static void test_register_and_call(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    char route[512];
    world_register(w, ALICE, "alice", 600);
    world_register(w, BOB, "bob", 600);
    assert_int_equal(world_status(w, ALICE), 200);
    assert_int_equal(world_status(w, BOB), 200);
    invite(w, "call");
    assert_int_equal(world_status(w, ALICE), 100);
    assert_true(last_has(w, BOB, "INVITE sip:bob@192.0.2.2:5062 SIP/2.0\r\n"));
    world_answer(w, BOB, 180, "");
    assert_int_equal(world_status(w, ALICE), 180);
    world_answer(w, BOB, 200, "Contact: <sip:bob@192.0.2.2:5062>\r\n");
    assert_int_equal(world_status(w, ALICE), 200);
    route_of(w, ALICE, route, sizeof route);
    world_request(w, ALICE, "ACK", "sip:bob@192.0.2.2:5062", FROM_ALICE, "call", route);
    assert_true(last_has(w, BOB, "ACK sip:bob@192.0.2.2:5062 SIP/2.0\r\n"));
    world_request(w, BOB, "BYE", "sip:x@192.0.2.1:5060", "sip:bob@example.com", "call", route);
    assert_true(last_has(w, ALICE, "BYE sip:x@192.0.2.1:5060 SIP/2.0\r\n"));
    world_answer(w, ALICE, 200, "");
    assert_int_equal(world_status(w, BOB), 200);
    finish(w);
}

/* RFC 3261 16.5, 16.7: every live binding is tried; the first 2xx ends the others. */
static void test_forking(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    world_register(w, BOB, "bob", 600);
    world_register(w, BOB_DESK, "bob", 60);
    invite(w, "fork");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    assert_int_equal(world_count(w, BOB_DESK, "INVITE"), 1);
    world_answer(w, BOB_DESK, 180, "");
    world_answer(w, BOB, 200, "Contact: <sip:bob@192.0.2.2:5062>\r\n");
    assert_int_equal(world_status(w, ALICE), 200);
    assert_int_equal(world_count(w, BOB_DESK, "CANCEL"), 1);
    world_pass(w, 61);
    world_forget(w);
    invite(w, "later");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    assert_int_equal(world_count(w, BOB_DESK, "INVITE"), 0);
    finish(w);
}

/* RFC 3261 21.4.5, 21.4.18: a name that nobody has, a user who is not there. */
static void test_unknown_and_absent(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    invite(w, "unknown");
    assert_int_equal(world_status(w, ALICE), 404);
    world_register(w, BOB, "bob", 600);
    world_register(w, BOB, "bob", 0);
    invite(w, "gone");
    assert_int_equal(world_status(w, ALICE), 480);
    world_register(w, BOB, "bob", 60);
    world_pass(w, 61);
    world_forget(w);
    invite(w, "expired");
    assert_int_equal(world_status(w, ALICE), 480);
    finish(w);
}

/* What is answered without any user. */
static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *method, *uri, *lines;
        unsigned status;
        const char *text;
    } cases[] = {
        /* RFC 3261 11.2 */
        {"OPTIONS", "sip:example.com", MF, 200, "\r\nAllow: OPTIONS, REGISTER\r\n"},
        {"OPTIONS", "sip:192.0.2.100", MF, 200, "\r\nAccept: application/sdp\r\n"},
        {"OPTIONS", "sip:192.0.2.100:5060", MF, 200, "\r\nAccept-Encoding: identity\r\n"},
        {"OPTIONS", "sip:example.org;transport=udp", MF, 200, "\r\nAccept-Language: en\r\n"},
        {"OPTIONS", "sip:example.com", "Max-Forwards: 0\r\n", 200, "\r\nSupported: path\r\n"},
        /* RFC 3261 16.3: a user's is not answered for the user, so that traceroute works */
        {"OPTIONS", "sip:bob@example.com", "Max-Forwards: 0\r\n", 483, ""},
        {"OPTIONS", "sip:bob@elsewhere.net", "Max-Forwards: 0\r\n", 483, ""},
        {"OPTIONS", "sip:bob@example.com", MF, 404, ""},
        /* RFC 3261 8.2.2.3 */
        {"OPTIONS", "sip:example.com", MF "Require: 100rel\r\n", 420,
         "\r\nUnsupported: 100rel\r\n"},
        /* RFC 3261 8.2.1 */
        {"INVITE", "sip:example.com", MF, 405, "\r\nAllow: OPTIONS, REGISTER\r\n"},
        {"MESSAGE", "sip:192.0.2.100", MF, 405, "\r\nAllow:"},
        {"NEWMETHOD", "sip:example.com", MF, 405, "\r\nAllow:"},
        {"NEWMETHOD", "sip:bob@example.com", MF, 404, ""},
        /* RFC 3261 16.3 */
        {"MESSAGE", "soap.beep://192.0.2.103:3002", MF, 416, ""},
        {"MESSAGE", "sip:bob@example.com", MF "Proxy-Require: foo\r\n", 420,
         "\r\nUnsupported: foo\r\n"},
        {"MESSAGE", "sip:bob@example.com", "Max-Forwards: 0\r\n", 483, ""},
        {"MESSAGE", "tel:+15551234", MF, 404, ""},
        {"MESSAGE", "tel:1234;phone-context=elsewhere.net", MF, 404, "No such number here"},
        /* a port where we do not listen is another element */
        {"MESSAGE", "sip:bob@example.com:7000", MF, 403, ""},
        {"MESSAGE", "sip:bob@192.0.2.100:7000", MF, 403, ""},
        {"MESSAGE", "sip:bob@example.com;maddr=203.0.113.7", MF, 403, ""},
        /* RFC 3261 10.3 step 5 */
        {"REGISTER", "sip:elsewhere.net", MF, 403, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(NULL);
        world_request(w, STRANGER, cases[i].method, cases[i].uri, "sip:x@elsewhere.net", "c",
                      cases[i].lines);
        if (world_status(w, STRANGER) != cases[i].status || !last_has(w, STRANGER, cases[i].text))
            fail_msg("%s %s: %s", cases[i].method, cases[i].uri, world_last(w, STRANGER));
        finish(w);
    }
}

/* RFC 3261 10.3 step 5: our Request-URI, somebody else's To. */
static void test_register_of_foreign_user(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    world_send(w, ALICE,
               "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP " ALICE ";branch=z9hG4bK1\r\n"
               "From: <sip:a@x.net>;tag=1\r\nTo: <sip:a@x.net>\r\nCall-ID: 1\r\n" MF
               "CSeq: 1 REGISTER\r\nContact: <sip:a@192.0.2.1>\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(world_status(w, ALICE), 404);
    assert_int_equal(w->store.asked, 0);
    finish(w);
}

/* A listener's address is another spelling of the first domain. */
static void test_names_of_ours(void **state)
{
    (void)state;
    static const struct {
        const char *uri;
        unsigned status; /* 0: it rings */
    } cases[] = {
        {"sip:bob@192.0.2.100", 0},       {"sip:bob@192.0.2.100:5060", 0},
        {"sip:bob@EXAMPLE.com", 0},       {"sip:bob@example.com:5060", 0},
        {"sip:%62ob@example.com;x=y", 0}, {"sip:bob@127.0.0.1", 0},
        {"sip:bob@example.org", 404},     {"sip:BOB@example.com", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(NULL);
        world_register(w, BOB, "bob", 600);
        world_request(w, ALICE, "MESSAGE", cases[i].uri, FROM_ALICE, "c", MF);
        if (world_status(w, ALICE) != cases[i].status ||
            world_count(w, BOB, "MESSAGE") != (cases[i].status == 0))
            fail_msg("%s: %u", cases[i].uri, world_status(w, ALICE));
        finish(w);
    }
}

/* RFC 3966 4, 5.1.5; RFC 3261 19.1.6: who is called as the number that a URI is. */
static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *user, *uri;
        unsigned status; /* 0: it rings */
    } cases[] = {
        {"+15551234", "tel:+15551234", 0},
        {"+15551234", "TEL:+1-555-12.34", 0},
        {"+15551234", "tel:+1(555)1234;ext=7", 0},
        {"+15551234", "tel:+15551235", 404},
        {"+15551234", "sip:+1-555-1234@example.com;user=phone", 0},
        {"+15551234", "sip:+1-555-1234@example.com", 404},
        {"1001", "tel:1001;phone-context=example.com", 0},
        {"1001", "tel:10-01;phone-context=EXAMPLE.com", 0},
        {"1001", "tel:1001;phone-context=elsewhere.net", 404},
        {"1001", "tel:1001;phone-context=+1555", 404},
        {"1001", "tel:+1001", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(NULL);
        world_register(w, BOB, cases[i].user, 600);
        world_request(w, ALICE, "MESSAGE", cases[i].uri, FROM_ALICE, "c", MF);
        if (world_status(w, ALICE) != cases[i].status ||
            world_count(w, BOB, "MESSAGE") != (cases[i].status == 0))
            fail_msg("%s: %u", cases[i].uri, world_status(w, ALICE));
        finish(w);
    }
}

static void elsewhere(struct element_config *c)
{
    static const struct str domain = STR_INIT("pbx");
    c->domains = &domain;
    c->n_domains = 1;
}

/* RFC 3261 10.3 step 5: the port of a listener is no part of a user's name. */
static void test_port_of_ours(void **state)
{
    (void)state;
    struct world *w = world_of(elsewhere);
    struct addr local;
    assert_true(addr_parse(STR("192.0.2.100:18000"), &local));
    assert_true(engine_listen(element_engine(w->element), TRANSPORT_UDP, &local, STR_NONE) >= 0);
    world_send(w, BOB,
               "REGISTER sip:192.0.2.100:18000 SIP/2.0\r\nVia: SIP/2.0/UDP " BOB
               ";branch=z9hG4bK1\r\n"
               "From: <sip:bob@pbx>;tag=1\r\nTo: <sip:bob@192.0.2.100:18000>\r\nCall-ID: 1\r\n" MF
               "CSeq: 1 REGISTER\r\nContact: <sip:bob@" BOB ">\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(world_status(w, BOB), 200);
    world_request(w, ALICE, "MESSAGE", "sip:bob@pbx", FROM_ALICE, "a", MF);
    world_request(w, ALICE, "MESSAGE", "sip:bob@192.0.2.100", FROM_ALICE, "b", MF);
    world_request(w, ALICE, "MESSAGE", "sip:bob@pbx:18000", FROM_ALICE, "c", MF);
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 3);
    finish(w);
}

/* RFC 3261 16.4: a phone with us as its outbound proxy names us in a Route. */
static void test_outbound_proxy(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    const char *route = MF "Route: <sip:" SERVER ";lr>\r\n";
    world_register(w, BOB, "bob", 600);
    world_request(w, ALICE, "REGISTER", "sip:example.com", "sip:bob@example.com", "r", route);
    assert_int_equal(world_status(w, ALICE), 200);
    assert_true(last_has(w, ALICE, "<sip:x@" ALICE ">;expires=3600"));
    world_request(w, STRANGER, "MESSAGE", "sip:bob@example.com", "sip:x@y.net", "m", route);
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    assert_int_equal(world_count(w, ALICE, "MESSAGE"), 1);
    finish(w);
}

static void no_relay(struct element_config *c)
{
    c->relay_loopback = false;
}

/* Never an open relay: between ends that are not ours nothing passes but on this machine itself. */
static void test_relay_on_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *source, *uri, *lines;
        bool relayed;
    } cases[] = {
        {LOCAL_A, "sip:x@" LOCAL_B, MF, true},
        {LOCAL_A, "sip:x@203.0.113.7", MF, false},
        {LOCAL_A, "sip:x@" LOCAL_B ";maddr=203.0.113.7", MF, false},
        {STRANGER, "sip:x@" LOCAL_B, MF, false},
        {LOCAL_A, "sip:x@203.0.113.7", MF "Route: <sip:" LOCAL_B ";lr>\r\n", true},
        {LOCAL_A, "sip:x@" LOCAL_B, MF "Route: <sip:203.0.113.7;lr>\r\n", false},
        {LOCAL_A, "sip:x@" LOCAL_B, MF "Route: <sip:127.0.0.1;lr>\r\n", true},
        {STRANGER, "sip:bob@example.com", MF "Route: <sip:203.0.113.7;lr>\r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(NULL);
        world_request(w, cases[i].source, "MESSAGE", cases[i].uri, "sip:x@elsewhere.net", "c",
                      cases[i].lines);
        if (world_count(w, LOCAL_B, "MESSAGE") != cases[i].relayed ||
            world_status(w, cases[i].source) != (cases[i].relayed ? 0 : 403))
            fail_msg("%zu: %s", i, cases[i].uri);
        finish(w);
    }
    struct world *w = world_of(no_relay);
    world_request(w, LOCAL_A, "MESSAGE", "sip:x@" LOCAL_B, "sip:x@elsewhere.net", "c", MF);
    assert_int_equal(world_status(w, LOCAL_A), 403);
    finish(w);
}

/* A user of ours may call anywhere, from where the user registered and nowhere else. */
static void test_relay_for_users(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    const char *there = "sip:x@203.0.113.9";
    world_request(w, ALICE, "MESSAGE", there, FROM_ALICE, "before", MF);
    assert_int_equal(world_status(w, ALICE), 403);
    world_register(w, ALICE, "alice", 60);
    world_request(w, ALICE, "MESSAGE", there, FROM_ALICE, "good", MF);
    assert_int_equal(world_count(w, STRANGER, "MESSAGE"), 1);
    world_request(w, BOB, "MESSAGE", there, FROM_ALICE, "elsewhere", MF);
    assert_int_equal(world_status(w, BOB), 403);
    world_request(w, ALICE, "MESSAGE", there, "sip:bob@example.com", "name", MF);
    assert_int_equal(world_status(w, ALICE), 403);
    world_request(w, ALICE, "MESSAGE", there, "sip:alice@elsewhere.net", "foreign", MF);
    assert_int_equal(world_status(w, ALICE), 403);
    world_pass(w, 61);
    world_forget(w);
    world_request(w, ALICE, "MESSAGE", there, FROM_ALICE, "late", MF);
    assert_int_equal(world_status(w, ALICE), 403);
    finish(w);
}

/* An ACK is never answered (RFC 3261 17), and obeys the same rules. */
static void test_ack(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    world_request(w, STRANGER, "ACK", "sip:x@203.0.113.7", "sip:x@elsewhere.net", "a", MF);
    world_request(w, STRANGER, "ACK", "sip:example.com", "sip:x@elsewhere.net", "b", MF);
    world_request(w, STRANGER, "ACK", "sip:nobody@example.com", "sip:x@elsewhere.net", "c", MF);
    assert_int_equal(w->n_sent, 0);
    world_request(w, LOCAL_A, "ACK", "sip:x@" LOCAL_B, "sip:x@elsewhere.net", "d", MF);
    assert_int_equal(world_count(w, LOCAL_B, "ACK"), 1);
    finish(w);
}

static void test_store_fails(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    w->store.failing = true;
    invite(w, "c");
    assert_int_equal(world_status(w, ALICE), 500);
    world_request(w, ALICE, "MESSAGE", "sip:x@203.0.113.9", FROM_ALICE, "m", MF);
    assert_int_equal(world_status(w, ALICE), 500);
    finish(w);
}

/* RFC 3261 16.2: 100 at once; 16.10: a CANCEL while the store is still asked. */
static void test_cancel_while_waiting(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    world_register(w, BOB, "bob", 600);
    w->hold = true;
    invite(w, "c");
    assert_int_equal(world_status(w, ALICE), 100);
    assert_false(element_is_idle(w->element));
    world_sendf(
        w, ALICE,
        "CANCEL sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKINVITEc\r\n"
        "From: <" FROM_ALICE ">;tag=f\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\n" MF
        "CSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
        ALICE);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0 487"), 1);
    world_release(w);
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    world_request(w, ALICE, "ACK", "sip:bob@example.com", FROM_ALICE, "c", MF);
    finish(w);
}

static void a_call(struct world *w)
{
    char route[512];
    world_register(w, ALICE, "alice", 600);
    world_register(w, BOB, "bob", 600);
    invite(w, "call");
    world_answer(w, BOB, 180, "");
    world_answer(w, BOB, 200, "Contact: <sip:bob@192.0.2.2:5062>\r\n");
    if (world_status(w, ALICE) != 200 || !strstr(world_last(w, ALICE), "Record-Route"))
        return;
    route_of(w, ALICE, route, sizeof route);
    world_request(w, ALICE, "ACK", "sip:bob@192.0.2.2:5062", FROM_ALICE, "call", route);
    world_request(w, ALICE, "BYE", "sip:bob@192.0.2.2:5062", FROM_ALICE, "call", route);
    world_answer(w, BOB, 200, "");
}

/* No memory, whichever allocation it is: no crash, no leak, nothing left under way. */
static void test_failing_allocations(void **state)
{
    (void)state;
    long turn = 0;
    for (bool whole = false; !whole; turn++) {
        assert_true(turn < 2000);
        struct world *w = world_new(NULL, turn);
        if (!w)
            continue;
        a_call(w);
        whole = w->fail_in != 0;
        w->fail_in = -1;
        finish(w);
    }
    assert_true(turn > 10);
}

/* The same inputs and the same seed give the same bytes. */
static void test_determinism(void **state)
{
    (void)state;
    struct world *a = world_of(NULL), *b = world_of(NULL);
    a_call(a);
    a_call(b);
    assert_true(a->n_sent > 8);
    assert_int_equal(a->n_sent, b->n_sent);
    for (size_t i = 0; i < a->n_sent; i++) {
        assert_string_equal(a->sent[i].text, b->sent[i].text);
        assert_true(addr_equal(&a->sent[i].to, &b->sent[i].to));
    }
    finish(a);
    finish(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_register_and_call),
        cmocka_unit_test(test_forking),
        cmocka_unit_test(test_unknown_and_absent),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_register_of_foreign_user),
        cmocka_unit_test(test_names_of_ours),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_port_of_ours),
        cmocka_unit_test(test_outbound_proxy),
        cmocka_unit_test(test_relay_on_this_machine),
        cmocka_unit_test(test_relay_for_users),
        cmocka_unit_test(test_ack),
        cmocka_unit_test(test_store_fails),
        cmocka_unit_test(test_cancel_while_waiting),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_determinism),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
