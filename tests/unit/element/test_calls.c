/* Calls in progress as the element counts them, and the bounds of that count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "element/calls.h"
#include "world.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5062"
#define FROM "From: <sip:alice@example.com>;tag=a\r\n"
#define TO "To: <sip:bob@example.com>;tag=" BOB "\r\n" /* world_answer's tag */
#define SWAPPED "From: <sip:bob@example.com>;tag=" BOB "\r\nTo: <sip:alice@example.com>;tag=a\r\n"

static void start(struct calls *c)
{
    struct hash_key key = {1, 2};

    assert_int_equal(calls_init(c, &mem_libc, &key, NULL), OK);
}

static void test_begins_and_ends(void **state)
{
    (void)state;
    struct calls c;
    start(&c);
    calls_stands(&c, 1, 0);
    calls_stands(&c, 2, 0);
    calls_stands(&c, 1, 5);
    assert_int_equal(calls_count(&c, 5), 2);
    calls_heard(&c, 3, 5);
    calls_over(&c, 4, 5);
    assert_int_equal(calls_count(&c, 5), 2);
    calls_over(&c, 1, 5);
    calls_over(&c, 1, 5);
    assert_int_equal(calls_count(&c, 5), 1);
    calls_fini(&c);
}

static void test_silence_ends_them(void **state)
{
    (void)state;
    time_ns silent = LIMIT_CALL_SILENT_S * NS_PER_S;
    struct calls c;
    start(&c);
    calls_stands(&c, 1, 0);
    calls_stands(&c, 2, 1);
    assert_int_equal(calls_count(&c, silent - 1), 2);
    calls_heard(&c, 1, silent - 1);
    assert_int_equal(calls_count(&c, silent), 2);
    assert_int_equal(calls_count(&c, silent + 1), 1);
    assert_int_equal(calls_count(&c, 2 * silent - 1), 0);
    calls_fini(&c);
}

static void test_the_longest_silent_makes_room(void **state)
{
    (void)state;
    struct calls c;
    start(&c);
    for (uint64_t i = 0; i < LIMIT_CALLS; i++)
        calls_stands(&c, i, i);
    assert_int_equal(calls_count(&c, 0), LIMIT_CALLS);
    calls_heard(&c, 0, LIMIT_CALLS);
    calls_stands(&c, LIMIT_CALLS, LIMIT_CALLS);
    assert_int_equal(calls_count(&c, 0), LIMIT_CALLS);
    calls_over(&c, 1, LIMIT_CALLS);
    assert_int_equal(calls_count(&c, 0), LIMIT_CALLS);
    calls_over(&c, 0, LIMIT_CALLS);
    assert_int_equal(calls_count(&c, 0), LIMIT_CALLS - 1);
    calls_fini(&c);
}

/* RFC 3261 13.3.1.4: a 2xx is repeated for 64*T1 */
static void test_what_is_over_does_not_stand_again(void **state)
{
    (void)state;
    time_ns remembered = LIMIT_CALL_OVER_S * NS_PER_S;
    struct calls c;
    start(&c);
    assert_true(LIMIT_CALL_OVER_S > 181 + 32); /* an INVITE is not waited for any longer */
    calls_stands(&c, 1, 0);
    calls_over(&c, 1, 7);
    calls_stands(&c, 1, 8);
    calls_heard(&c, 1, 8);
    calls_over(&c, 1, 8); /* not any longer for that */
    assert_int_equal(calls_count(&c, 8), 0);
    calls_stands(&c, 1, 7 + remembered - 1);
    assert_int_equal(calls_count(&c, 7 + remembered - 1), 0);
    calls_stands(&c, 1, 7 + remembered);
    assert_int_equal(calls_count(&c, 7 + remembered), 1);
    calls_fini(&c);
}

/* Datagrams overtake each other, and connections that break datagrams. */
static void test_the_bye_may_come_first(void **state)
{
    (void)state;
    struct calls c;
    start(&c);
    calls_over(&c, 1, 0);
    calls_gone(&c, 2, 0); /* a 481 ends only what is known */
    calls_stands(&c, 1, 1);
    calls_stands(&c, 2, 1);
    assert_int_equal(calls_count(&c, 1), 1);
    calls_gone(&c, 2, 2);
    calls_stands(&c, 2, 3);
    assert_int_equal(calls_count(&c, 3), 0);
    for (uint64_t i = 0; i < 2 * LIMIT_CALLS_OVER; i++)
        calls_over(&c, 10 + i, 4);
    calls_stands(&c, 9, 4);
    assert_int_equal(calls_count(&c, 4), 1);
    calls_fini(&c);
}

static void test_those_that_are_over_make_room_for_each_other(void **state)
{
    (void)state;
    struct calls c;
    start(&c);
    calls_stands(&c, UINT64_MAX, 0);
    for (uint64_t i = 0; i <= LIMIT_CALLS_OVER; i++) {
        calls_stands(&c, i, i);
        calls_over(&c, i, i);
    }
    assert_int_equal(calls_count(&c, 0), 1);
    calls_stands(&c, 1, LIMIT_CALLS_OVER);
    assert_int_equal(calls_count(&c, 0), 1);
    calls_stands(&c, 0, LIMIT_CALLS_OVER); /* forgotten */
    assert_int_equal(calls_count(&c, 0), 2);
    /* and take no room from those that stand */
    for (uint64_t i = 0; i < LIMIT_CALLS; i++)
        calls_stands(&c, LIMIT_CALLS + i, LIMIT_CALLS_OVER);
    assert_int_equal(calls_count(&c, 0), LIMIT_CALLS);
    calls_fini(&c);
}

/* --- messages --- */

static size_t calls(struct world *w)
{
    return element_calls(w->element, w->now);
}

static struct world *world_of(void (*change)(struct element_config *))
{
    struct world *w = world_new(change, -1);
    assert_non_null(w);
    world_register(w, BOB, "bob", 600);
    return w;
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

/* A request of the call; `lines` are From, To and what else it has. */
static void request(struct world *w, const char *at, const char *method, const char *lines)
{
    static unsigned n;

    n++;
    world_sendf(w, at,
                "%s sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKcalls%u\r\n"
                "Max-Forwards: 70\r\n%sCall-ID: call\r\nCSeq: %u %s\r\n"
                "Contact: <sip:x@%s>\r\nContent-Length: 0\r\n\r\n",
                method, strcmp(at, ALICE) == 0 ? "bob@example.com" : "x@" ALICE, at, n, lines, n,
                method, at);
}

static void invite(struct world *w, unsigned status)
{
    request(w, ALICE, "INVITE", FROM "To: <sip:bob@example.com>\r\n");
    world_answer(w, BOB, status, "");
    if (status < 200)
        return;
    assert_int_equal(world_status(w, ALICE), status);
    request(w, ALICE, "ACK", FROM TO);
}

/* The Record-Route that the callee got, as a Route. */
static void route(const struct world *w, char *out, size_t cap)
{
    const char *rr = strstr(world_last(w, BOB), "Record-Route: ");
    assert_non_null(rr);
    snprintf(out, cap, SWAPPED "Route: %.*s\r\n", (int)(strcspn(rr, "\r") - 14), rr + 14);
}

static void test_a_call_counts_from_2xx_to_bye(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    char lines[512];
    invite(w, 180);
    assert_int_equal(calls(w), 0);
    route(w, lines, sizeof lines);
    world_answer(w, BOB, 200, "");
    assert_int_equal(calls(w), 1);
    request(w, ALICE, "ACK", FROM TO);
    assert_int_equal(calls(w), 1);
    /* RFC 3261 15.1.1: by whichever side, whatever is answered */
    request(w, BOB, "BYE", lines);
    assert_int_equal(calls(w), 0);
    assert_int_equal(world_count(w, ALICE, "BYE"), 1);
    world_answer(w, ALICE, 200, "");
    finish(w);
}

static void test_a_2xx_behind_the_bye_begins_nothing(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    char lines[512];
    invite(w, 180);
    route(w, lines, sizeof lines);
    world_answer(w, BOB, 200, "");
    assert_int_equal(calls(w), 1);
    request(w, BOB, "BYE", lines);
    world_answer(w, ALICE, 200, "");
    assert_int_equal(calls(w), 0);
    unsigned before = world_count(w, ALICE, "SIP/2.0 200");
    world_answer(w, BOB, 200, ""); /* the INVITE, once more */
    /* RFC 3261 16.7 step 5: it goes on all the same */
    assert_int_equal(world_count(w, ALICE, "SIP/2.0 200"), before + 1);
    assert_int_equal(calls(w), 0);
    finish(w);
}

static void test_what_fails_counts_for_nothing(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    invite(w, 486);
    assert_int_equal(calls(w), 0);
    request(w, ALICE, "OPTIONS", FROM "To: <sip:bob@example.com>\r\n");
    world_answer(w, BOB, 200, "");
    assert_int_equal(calls(w), 0);
    finish(w);
}

/* RFC 3261 12.2.1.2 */
static void test_a_481_says_that_it_is_gone(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    invite(w, 200);
    assert_int_equal(calls(w), 1);
    request(w, ALICE, "INFO", FROM TO);
    world_answer(w, BOB, 500, "");
    assert_int_equal(calls(w), 1);
    request(w, ALICE, "INFO", FROM TO);
    world_answer(w, BOB, 481, "");
    assert_int_equal(calls(w), 0);
    finish(w);
}

#define CONTACT "Contact: <sip:bob@" BOB ">\r\n"

static void followed(struct element_config *c)
{
    c->mode = CONFIG_MODE_CALL;
}

/* How many calls that were followed have ended. */
static unsigned take_ends(struct world *w)
{
    struct follow_view v;
    unsigned n = 0;
    while (element_ended(w->element, &v, w->now)) {
        assert_int_equal(v.state, FOLLOW_PAST);
        n++;
    }
    return n;
}

/* RFC 4028 8.3: a proxy that sends no BYE forgets the call, which then counts no more. */
static void test_a_session_that_is_over_counts_no_more(void **state)
{
    (void)state;
    struct world *w = world_of(followed);
    request(w, ALICE, "INVITE",
            FROM "To: <sip:bob@example.com>\r\nSupported: timer\r\nSession-Expires: 90\r\n");
    world_answer(w, BOB, 200, CONTACT "Require: timer\r\nSession-Expires: 90;refresher=uac\r\n");
    request(w, ALICE, "ACK", FROM TO);
    world_pass(w, 89);
    assert_int_equal(take_ends(w), 0);
    assert_int_equal(calls(w), 1);
    world_pass(w, 2);
    assert_int_equal(take_ends(w), 1);
    assert_int_equal(take_ends(w), 0);
    assert_int_equal(calls(w), 0);
    finish(w);
}

/* RFC 3261 12.2.1.2: who does not answer within the dialog is gone. */
static void test_nor_does_one_whose_side_is_silent(void **state)
{
    (void)state;
    struct world *w = world_of(followed);
    char lines[512];
    invite(w, 180);
    route(w, lines, sizeof lines);
    world_answer(w, BOB, 200, CONTACT);
    request(w, ALICE, "ACK", FROM TO);
    request(w, BOB, "INFO", lines);
    assert_int_equal(world_count(w, ALICE, "INFO"), 1);
    world_forget(w);
    for (unsigned i = 0; i < 8; i++) {
        world_pass(w, 5);
        world_forget(w);
    }
    assert_int_equal(take_ends(w), 1);
    assert_int_equal(calls(w), 0);
    finish(w);
}

static void no_record_route(struct element_config *c)
{
    c->proxy.record_route = false;
}

static void test_none_where_their_end_would_not_be_seen(void **state)
{
    (void)state;
    struct world *w = world_of(no_record_route);
    invite(w, 200);
    assert_int_equal(calls(w), 0);
    finish(w);
}

static void reconfigure(struct world *w, bool record_route)
{
    static const struct str domains[] = {STR_INIT("example.com")};
    struct element_config c;

    element_config_default(&c);
    c.domains = domains;
    c.n_domains = 1;
    c.proxy.record_route = record_route;
    assert_int_equal(element_reconfigure(w->element, &c), OK);
}

static void test_a_new_configuration_counts_what_begins_under_it(void **state)
{
    (void)state;
    struct world *w = world_of(no_record_route);
    char lines[512];
    reconfigure(w, true);
    invite(w, 180);
    route(w, lines, sizeof lines);
    world_answer(w, BOB, 200, "");
    request(w, ALICE, "ACK", FROM TO);
    assert_int_equal(calls(w), 1);
    reconfigure(w, false);
    assert_int_equal(calls(w), 1);
    request(w, BOB, "BYE", lines); /* of a call that we are in the path of */
    assert_int_equal(calls(w), 0);
    world_answer(w, ALICE, 200, "");
    invite(w, 200);
    assert_int_equal(calls(w), 0);
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begins_and_ends),
        cmocka_unit_test(test_silence_ends_them),
        cmocka_unit_test(test_the_longest_silent_makes_room),
        cmocka_unit_test(test_what_is_over_does_not_stand_again),
        cmocka_unit_test(test_the_bye_may_come_first),
        cmocka_unit_test(test_those_that_are_over_make_room_for_each_other),
        cmocka_unit_test(test_a_call_counts_from_2xx_to_bye),
        cmocka_unit_test(test_a_2xx_behind_the_bye_begins_nothing),
        cmocka_unit_test(test_what_fails_counts_for_nothing),
        cmocka_unit_test(test_a_481_says_that_it_is_gone),
        cmocka_unit_test(test_a_session_that_is_over_counts_no_more),
        cmocka_unit_test(test_nor_does_one_whose_side_is_silent),
        cmocka_unit_test(test_none_where_their_end_would_not_be_seen),
        cmocka_unit_test(test_a_new_configuration_counts_what_begins_under_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
