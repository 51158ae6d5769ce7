/* RFC 3261 16.10, 9.1: CANCEL from upstream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

struct call {
    struct rig *r;
    const char *invite;
    const struct rig_sent *branch[2];
};

static struct call ring(void)
{
    struct call c = {.r = rig_new()};
    rig_target(c.r, "sip:bob@192.0.2.2");
    rig_target(c.r, "sip:bob@192.0.2.3");
    c.invite = rig_request(c.r, "INVITE", "sip:bob@example.com", "", "");
    rig_send(c.r, c.invite);
    c.branch[0] = rig_next_of(c.r, "INVITE ");
    c.branch[1] = rig_next_of(c.r, "INVITE ");
    return c;
}

/* RFC 3261 16.10: 200 to the CANCEL, a CANCEL to every pending branch, 487 through their answers;
 * RFC 3326: the reason goes along. */
static void test_cancel(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 180, "one", "");
    rig_answer(c.r, c.branch[1], 180, "two", "");
    rig_skip_all(c.r);
    rig_send(c.r, rig_cancel(c.invite, "Reason: SIP;cause=487\r\n"));
    assert_int_equal(rig_count(c.r, "SIP/2.0 200 "), 1);
    assert_int_equal(rig_count(c.r, "CANCEL "), 2);
    assert_int_equal(rig_count(c.r, "SIP/2.0 487 "), 0);
    assert_true(rig_has(rig_next_of(c.r, "CANCEL "), "\r\nReason: SIP;cause=487\r\n"));
    rig_answer(c.r, c.branch[0], 487, "one", "");
    assert_int_equal(rig_count(c.r, "SIP/2.0 487 "), 0);
    rig_answer(c.r, c.branch[1], 487, "two", "");
    assert_int_equal(rig_count(c.r, "SIP/2.0 487 "), 1);
    rig_end(c.r);
}

/* RFC 3261 9.1: a branch without a provisional response waits for one. */
static void test_before_provisional(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 100, "", "");
    rig_send(c.r, rig_cancel(c.invite, ""));
    assert_int_equal(rig_count(c.r, "CANCEL sip:bob@192.0.2.2 "), 1);
    assert_int_equal(rig_count(c.r, "CANCEL sip:bob@192.0.2.3 "), 0);
    rig_answer(c.r, c.branch[1], 180, "two", "");
    assert_int_equal(rig_count(c.r, "CANCEL sip:bob@192.0.2.3 "), 1);
    rig_answer(c.r, c.branch[0], 487, "one", "");
    rig_answer(c.r, c.branch[1], 487, "two", "");
    assert_int_equal(rig_count(c.r, "SIP/2.0 487 "), 1);
    rig_end(c.r);
}

/* RFC 3261 9.1: a 2xx that crosses the CANCEL goes upstream all the same. */
static void test_crossing_2xx(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 180, "one", "");
    rig_send(c.r, rig_cancel(c.invite, ""));
    rig_skip_all(c.r);
    rig_answer(c.r, c.branch[0], 200, "one", "");
    assert_int_equal(rig_count(c.r, "SIP/2.0 200 "), 1);
    rig_end(c.r);
}

/* A CANCEL again is answered again, and cancels nothing twice. */
static void test_twice(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 180, "one", "");
    const char *cancel = rig_cancel(c.invite, "");
    rig_send(c.r, cancel);
    rig_skip_all(c.r);
    rig_send(c.r, cancel);
    assert_int_equal(rig_count(c.r, "SIP/2.0 200 "), 1);
    assert_int_equal(rig_count(c.r, "CANCEL "), 0);
    rig_end(c.r);
}

/* RFC 3261 9.1, 16.7 step 6: nobody heeds it: 408 in the end, and nothing is left. */
static void test_unheeded(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 180, "one", "");
    rig_answer(c.r, c.branch[1], 180, "two", "");
    rig_send(c.r, rig_cancel(c.invite, ""));
    rig_pass(c.r, 33 * NS_PER_S);
    assert_true(rig_count(c.r, "SIP/2.0 408 ") > 0);
    rig_end(c.r);
}

/* A CANCEL that names nothing, and one after the end. */
static void test_late(void **state)
{
    (void)state;
    struct call c = ring();
    rig_answer(c.r, c.branch[0], 486, "one", "");
    rig_answer(c.r, c.branch[1], 486, "two", "");
    rig_skip_all(c.r);
    rig_send(c.r, rig_cancel(c.invite, ""));
    assert_int_equal(rig_count(c.r, "CANCEL "), 0);
    assert_int_equal(rig_count(c.r, "SIP/2.0 200 "), 1);
    rig_send(c.r, rig_cancel(rig_request(c.r, "INVITE", "sip:bob@example.com", "", ""), ""));
    assert_int_equal(rig_count(c.r, "SIP/2.0 481 "), 1);
    rig_end(c.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancel),       cmocka_unit_test(test_before_provisional),
        cmocka_unit_test(test_crossing_2xx), cmocka_unit_test(test_twice),
        cmocka_unit_test(test_unheeded),     cmocka_unit_test(test_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
