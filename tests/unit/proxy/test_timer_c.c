/* RFC 3261 16.6 step 11, 16.7 step 2, 16.8: Timer C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

static const struct rig_sent *call(struct rig *r)
{
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    return rig_next_of(r, "INVITE ");
}

/* RFC 3261 16.8: after a provisional response it cancels; the 487 goes upstream. */
static void test_cancels(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = call(r);
    rig_answer(r, s, 180, "b", "");
    rig_pass(r, 180 * NS_PER_S);
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_pass(r, 2 * NS_PER_S);
    assert_true(rig_count(r, "CANCEL ") > 0);
    rig_answer(r, s, 487, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 487 "), 1);
    rig_end(r);
}

/* RFC 3261 16.7 step 2: each of 101 to 199 starts it anew, a 100 does not. */
static void test_is_reset(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = call(r);
    rig_answer(r, s, 180, "b", "");
    rig_pass(r, 100 * NS_PER_S);
    rig_answer(r, s, 183, "b", "");
    rig_pass(r, 100 * NS_PER_S);
    rig_answer(r, s, 100, "", "");
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_pass(r, 82 * NS_PER_S);
    assert_true(rig_count(r, "CANCEL ") > 0);
    rig_end(r);
}

/* RFC 3261 16.8: without a provisional response as if a 408 had come. Timer B is later here. */
static void test_without_provisional(void **state)
{
    (void)state;
    struct rig *r = rig_new_with(true, 20 * NS_PER_S);
    const struct rig_sent *s = call(r);
    rig_pass(r, 19 * NS_PER_S);
    assert_int_equal(rig_count(r, "SIP/2.0 408 "), 0);
    rig_pass(r, 2 * NS_PER_S);
    assert_true(rig_count(r, "SIP/2.0 408 ") > 0);
    rig_skip_all(r);
    rig_answer(r, s, 180, "b", "");
    assert_int_equal(rig_count(r, "CANCEL "), 1);
    rig_end(r);
}

/* It ends with its branch: nothing happens later. */
static void test_ends_with_the_branch(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = call(r);
    rig_answer(r, s, 180, "b", "");
    rig_answer(r, s, 200, "b", "");
    rig_skip_all(r);
    assert_true(proxy_deadline(r->proxy) == TIME_NEVER);
    rig_pass(r, 400 * NS_PER_S);
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_end(r);
}

/* Other requests have none. */
static void test_invite_only(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    assert_true(proxy_deadline(r->proxy) == TIME_NEVER);
    rig_end(r);
}

/* What rings keeps the Timer C that runs; what comes later gets the new one. */
static void test_reconfigured(void **state)
{
    (void)state;
    const struct str domain = STR(RIG_DOMAIN);
    const struct proxy_config config = {
        .record_route = true, .timer_c = 300 * NS_PER_S, .domains = &domain, .n_domains = 1};
    for (int later = 0; later < 2; later++) {
        struct rig *r = rig_new();
        const struct rig_sent *s = later ? NULL : call(r);
        if (s)
            rig_answer(r, s, 180, "b", "");
        assert_int_equal(proxy_reconfigure(r->proxy, &config), OK);
        if (!s) {
            s = call(r);
            rig_answer(r, s, 180, "b", "");
        }
        rig_pass(r, 182 * NS_PER_S);
        assert_int_equal(rig_count(r, "CANCEL ") > 0, !later);
        rig_answer(r, s, 487, "b", "");
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancels),
        cmocka_unit_test(test_is_reset),
        cmocka_unit_test(test_without_provisional),
        cmocka_unit_test(test_ends_with_the_branch),
        cmocka_unit_test(test_invite_only),
        cmocka_unit_test(test_reconfigured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
