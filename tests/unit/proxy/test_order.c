/* RFC 3261 16.6, 16.7: who rings before whom, for how long, and what ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

#define RING (20 * NS_PER_S)

static const char *last_invite; /* the last call's */

static struct rig *call(enum fork_order order, time_ns ring_time, const unsigned q[3])
{
    static const char *const uris[] = {"sip:bob@192.0.2.2", "sip:bob@192.0.2.3",
                                       "sip:bob@192.0.2.4"};
    struct rig *r = rig_new();
    r->how = (struct fork_how){.order = order, .ring_time = ring_time};
    for (int i = 0; i < 3; i++) {
        rig_target(r, uris[i]);
        r->targets[i].q = q[i];
    }
    last_invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
    rig_send(r, last_invite);
    return r;
}

static const unsigned equal[3] = {1000, 1000, 1000};

/* The next INVITE goes to this phone; no other one is on its way. */
static const struct rig_sent *rings(struct rig *r, int phone)
{
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    assert_int_equal(s->flow.remote.ip[3], phone);
    return s;
}

static void nobody_else_rings(struct rig *r)
{
    assert_int_equal(rig_count(r, "INVITE "), 0);
}

static void cancelled(struct rig *r, const struct rig_sent *invite)
{
    const struct rig_sent *s = rig_next_of(r, "CANCEL ");
    assert_int_equal(s->flow.remote.ip[3], invite->flow.remote.ip[3]);
    rig_answer(r, s, 200, "c", "");
    rig_answer(r, invite, 487, "x", "");
}

static void test_one_after_the_other(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 0, equal);
    const struct rig_sent *s = rings(r, 2);
    nobody_else_rings(r);
    rig_answer(r, s, 180, "a", "");
    rig_answer(r, s, 486, "a", "");
    s = rings(r, 3);
    nobody_else_rings(r);
    rig_answer(r, s, 404, "b", "");
    s = rings(r, 4);
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 0);
    rig_answer(r, s, 503, "c", "");
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 1);
    rig_end(r);
}

/* RFC 3261 16.7 step 7: the challenges of all stages. */
static void test_challenges_of_all_stages(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 0, equal);
    rig_answer(r, rings(r, 2), 407, "a", "Proxy-Authenticate: Digest realm=\"one\"\r\n");
    rig_answer(r, rings(r, 3), 486, "b", "");
    rig_answer(r, rings(r, 4), 401, "c", "WWW-Authenticate: Digest realm=\"three\"\r\n");
    const struct rig_sent *s = rig_next_of(r, "SIP/2.0 407 ");
    assert_true(rig_has(s, "realm=\"one\""));
    assert_true(rig_has(s, "realm=\"three\""));
    rig_end(r);
}

static void test_2xx_ends_it(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 0, equal);
    rig_answer(r, rings(r, 2), 486, "a", "");
    rig_answer(r, rings(r, 3), 200, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    nobody_else_rings(r);
    rig_end(r);
}

/* RFC 3261 16.7 step 5: no new branches after a 6xx. */
static void test_6xx_ends_it(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 0, equal);
    rig_answer(r, rings(r, 2), 603, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 603 "), 1);
    nobody_else_rings(r);
    rig_end(r);
}

static void test_cancel_ends_it(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, RING, equal);
    const struct rig_sent *s = rings(r, 2);
    rig_answer(r, s, 180, "a", "");
    rig_send(r, rig_cancel(last_invite, ""));
    cancelled(r, s);
    assert_int_equal(rig_count(r, "SIP/2.0 487 "), 1);
    nobody_else_rings(r);
    rig_end(r);
}

/* Groups of equal q, the best first, whatever order they are given in. */
static void test_by_q(void **state)
{
    (void)state;
    struct rig *r = call(FORK_BY_Q, 0, (const unsigned[3]){500, 1000, 500});
    rig_answer(r, rings(r, 3), 486, "b", "");
    const struct rig_sent *s = rings(r, 2), *t = rings(r, 4);
    rig_answer(r, t, 180, "c", "");
    rig_answer(r, s, 200, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    cancelled(r, t);
    rig_end(r);
}

/* Each has its time; the next one waits for the answer to the CANCEL. */
static void test_ring_time(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, RING, equal);
    r->targets[0].ring_time = 0;
    const struct rig_sent *s = rings(r, 2);
    rig_answer(r, s, 180, "a", "");
    rig_pass(r, RING - NS_PER_S);
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_pass(r, NS_PER_S);
    nobody_else_rings(r);
    cancelled(r, s);
    s = rings(r, 3);
    rig_answer(r, s, 183, "b", "");
    rig_pass(r, RING);
    cancelled(r, s);
    s = rings(r, 4);
    rig_answer(r, s, 180, "c", "");
    rig_pass(r, RING);
    cancelled(r, s);
    /* nobody cancelled the caller's call: that is no 487 */
    assert_int_equal(rig_count(r, "SIP/2.0 408 "), 1);
    assert_int_equal(rig_count(r, "SIP/2.0 487 "), 0);
    rig_end(r);
}

/* Who is silent has its time like the others, and does not wait for Timer B. */
static void test_silent_phone(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 5 * NS_PER_S, equal);
    rings(r, 2);
    rig_pass(r, 5 * NS_PER_S);
    const struct rig_sent *s = rig_next_of(r, "INVITE sip:bob@192.0.2.3");
    rig_answer(r, s, 200, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* Who does not answer its CANCEL is not waited for longer than two seconds … */
static void test_deaf_to_cancel(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, RING, equal);
    const struct rig_sent *first = rings(r, 2);
    rig_answer(r, first, 180, "a", "");
    rig_pass(r, RING + NS_PER_S);
    nobody_else_rings(r);
    rig_pass(r, NS_PER_S);
    const struct rig_sent *s = rig_next_of(r, "INVITE sip:bob@192.0.2.3");
    rig_answer(r, s, 180, "b", "");
    /* … but its 2xx, which crossed the CANCEL, counts (RFC 3261 16.7 step 5) */
    rig_skip_all(r);
    rig_answer(r, first, 200, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    cancelled(r, s);
    nobody_else_rings(r);
    rig_end(r);
}

/* A 2xx that crosses the CANCEL: nobody else rings. */
static void test_2xx_crosses_cancel(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, RING, equal);
    const struct rig_sent *s = rings(r, 2);
    rig_answer(r, s, 180, "a", "");
    rig_pass(r, RING);
    assert_int_equal(rig_count(r, "CANCEL "), 1);
    rig_answer(r, s, 200, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    nobody_else_rings(r);
    rig_end(r);
}

static struct rig *delayed(const char *headers)
{
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_target(r, "sip:bob@192.0.2.4");
    r->targets[0].delay = 10 * NS_PER_S;
    r->targets[2].delay = 5 * NS_PER_S;
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", headers));
    return r;
}

/* All ring in the end, some later than others. */
static void test_delays(void **state)
{
    (void)state;
    struct rig *r = delayed("");
    const struct rig_sent *s = rings(r, 3);
    rig_answer(r, s, 180, "b", "");
    rig_pass(r, 4 * NS_PER_S);
    nobody_else_rings(r);
    rig_pass(r, NS_PER_S);
    const struct rig_sent *t = rings(r, 4);
    rig_answer(r, t, 180, "c", "");
    rig_pass(r, 5 * NS_PER_S);
    rig_answer(r, rings(r, 2), 200, "a", "");
    assert_int_equal(rig_count(r, "CANCEL "), 2);
    cancelled(r, s);
    cancelled(r, t);
    rig_end(r);
}

/* Nobody waits for a delay where nobody rings. */
static void test_delay_is_cut(void **state)
{
    (void)state;
    struct rig *r = delayed("");
    rig_answer(r, rings(r, 3), 486, "b", "");
    rig_answer(r, rings(r, 4), 486, "c", "");
    rig_answer(r, rings(r, 2), 200, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* RFC 5393 5.3.3: one after the other does with a breadth of one; together they share it. */
static void test_breadth(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how.order = FORK_SEQUENTIAL;
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", "Max-Breadth: 1\r\n"));
    const struct rig_sent *s = rings(r, 2);
    assert_true(rig_has(s, "Max-Breadth: 1\r\n"));
    rig_answer(r, s, 486, "a", "");
    s = rings(r, 3);
    assert_true(rig_has(s, "Max-Breadth: 1\r\n"));
    rig_answer(r, s, 200, "b", "");
    rig_end(r);
    r = delayed("Max-Breadth: 4\r\n");
    s = rings(r, 3);
    assert_true(rig_has(s, "Max-Breadth: 2\r\n"));
    rig_answer(r, s, 180, "b", "");
    rig_pass(r, 10 * NS_PER_S);
    assert_true(rig_has(rings(r, 4), "Max-Breadth: 1\r\n"));
    rig_end(r);
}

/* RFC 3261 16.9: what cannot be sent has failed. */
static void test_unreachable_is_passed_over(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how.order = FORK_SEQUENTIAL;
    rig_target(r, "sip:bob@192.0.2.2;transport=sctp");
    rig_target(r, "sip:bob@192.0.2.3:9;transport=tcp");
    rig_target(r, "sip:bob@192.0.2.4");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    rig_answer(r, rings(r, 4), 200, "c", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* Timer C rules where there is no ring time. */
static void test_timer_c(void **state)
{
    (void)state;
    struct rig *r = call(FORK_SEQUENTIAL, 0, equal);
    const struct rig_sent *s = rings(r, 2);
    rig_answer(r, s, 180, "a", "");
    rig_pass(r, 181 * NS_PER_S);
    cancelled(r, s);
    rig_answer(r, rings(r, 3), 200, "b", "");
    rig_end(r);
}

/* Each allocation fails in turn, for a second; then memory is back. */
static void test_failure_sweep(void **state)
{
    (void)state;
    for (size_t i = 1; i < 80; i++) {
        struct rig *r = rig_new();
        r->how = (struct fork_how){.order = FORK_SEQUENTIAL, .ring_time = RING};
        rig_target(r, "sip:bob@192.0.2.2");
        rig_target(r, "sip:bob@192.0.2.3;transport=tcp");
        rig_target(r, "sip:bob@192.0.2.4");
        const char *invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
        r->mem.fail_at = r->mem.taken + i;
        rig_send(r, invite);
        for (size_t k = 0; k < r->n_sent; k++)
            if (strncmp(r->sent[k].bytes, "INVITE ", 7) == 0)
                rig_answer(r, &r->sent[k], 486, "t", "");
        rig_pass(r, NS_PER_S);
        r->mem.fail_at = 0;
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_after_the_other),
        cmocka_unit_test(test_challenges_of_all_stages),
        cmocka_unit_test(test_2xx_ends_it),
        cmocka_unit_test(test_6xx_ends_it),
        cmocka_unit_test(test_cancel_ends_it),
        cmocka_unit_test(test_by_q),
        cmocka_unit_test(test_ring_time),
        cmocka_unit_test(test_silent_phone),
        cmocka_unit_test(test_deaf_to_cancel),
        cmocka_unit_test(test_2xx_crosses_cancel),
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_delay_is_cut),
        cmocka_unit_test(test_breadth),
        cmocka_unit_test(test_unreachable_is_passed_over),
        cmocka_unit_test(test_timer_c),
        cmocka_unit_test(test_failure_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
