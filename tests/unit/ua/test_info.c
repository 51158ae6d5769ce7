/* INFO both ways (RFC 2976, RFC 6086). */
#include "rig.h"

static struct rig r;
static ua_call alice, bob;

static void digits_are_sent_and_told(void **state)
{
    (void)state;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_info(r.side[ALICE].ua, alice, STR("application/dtmf-relay"), STR_NONE,
                               STR("Signal=5\r\nDuration=160\r\n"), r.now),
                     OK);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("6"), r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_expect(&r, BOB, UA_CALL_INFO)->text, "Signal=5\r\n"));
    assert_true(rig_has(rig_expect(&r, BOB, UA_CALL_INFO)->text, "\r\n\r\n6"));
    rig_expect_none(&r, ALICE);
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR_NONE, r.now), OK);
    rig_end(&r);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("text/plain"), STR_NONE, STR("hello"), r.now), OK);
    assert_int_equal(call_info(r.side[ALICE].ua, alice, STR("text/plain"),
                               STR("Info-Package: foo\r\n"), STR("hello"), r.now),
                     OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 415"), "Accept: application/dtmf-relay"));
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 469"), "\r\nRecv-Info:"));
    rig_expect_none(&r, BOB);
    rig_expect_none(&r, ALICE);
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR_NONE, r.now), OK);
    rig_end(&r);
}

/* RFC 5057 */
static void nobody_there_ends_the_call(void **state)
{
    (void)state;
    rig_new(&r);
    alice = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 200, "z", "", rig_sdp(6000, ""));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("1"), r.now), OK);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("2"), r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INFO "), 481, "", "", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_GONE)->ev.status, 481);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("3"), r.now),
        ERR_STALE);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_sent_and_told),
        cmocka_unit_test(what_is_not_known_is_refused),
        cmocka_unit_test(nobody_there_ends_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
