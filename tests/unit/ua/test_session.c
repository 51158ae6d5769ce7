/* Session timers (RFC 4028): refreshed by either side, and the end where nobody does. */
#include "rig.h"

#include <string.h>

static struct rig r;
static ua_call alice, bob;

static void start(unsigned session_s, unsigned min_s)
{
    rig_config(&r);
    r.config.session_s = session_s;
    r.config.min_session_s = min_s;
    rig_start(&r);
}

static void end_call(void)
{
    assert_int_equal(call_end(r.side[ALICE].ua, alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

/* RFC 4028 10: at half of the interval; UPDATE needs no description. */
static void the_caller_refreshes(void **state)
{
    (void)state;
    start(600, 0);
    rig_talk(&r, &alice, &bob);
    const char *ok = rig_last(&r, BOB, "SIP/2.0 200");
    assert_string_equal(rig_value(ok, "Session-Expires"), "600;refresher=uac");
    assert_string_equal(rig_value(ok, "Require"), "timer");
    rig_pass(&r, 3601 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 12);
    assert_int_equal(rig_count(&r, BOB, "UPDATE "), 0);
    const char *update = rig_last(&r, ALICE, "UPDATE ");
    assert_string_equal(rig_value(update, "Session-Expires"), "600;refresher=uac");
    assert_false(rig_has(update, "v=0"));
    rig_expect_none(&r, ALICE);
    rig_expect_none(&r, BOB);
    end_call();
}

/* RFC 4028 7.1 */
static void each_request_says_that_timers_are_known(void **state)
{
    (void)state;
    start(0, 0);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(
        call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("1"), r.now), OK);
    assert_int_equal(call_hold(r.side[ALICE].ua, alice, true, r.now), OK);
    assert_int_equal(call_end(r.side[ALICE].ua, alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    static const char *const methods[] = {"INVITE ", "INFO ", "BYE "};
    for (size_t i = 0; i < 3; i++)
        assert_true(
            rig_has(rig_value(rig_last(&r, ALICE, methods[i]), "Supported"), "100rel, timer"));
    rig_end(&r);
}

static const char *peer_calls_bob(const char *more)
{
    rig_peer_invite(&r, "peer-1", more, rig_sdp(6000, ""));
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    return ok;
}

/* RFC 4028 9, table 2: who does not know timers cannot refresh; by re-INVITE without UPDATE. */
static void the_callee_refreshes_for_who_cannot(void **state)
{
    (void)state;
    start(600, 0);
    const char *ok = peer_calls_bob("");
    assert_string_equal(rig_value(ok, "Session-Expires"), "600;refresher=uas");
    assert_string_equal(rig_value(ok, "Require"), "");
    rig_pass(&r, 300 * SECOND);
    const char *invite = rig_peer_next(&r, "INVITE ");
    assert_string_equal(rig_value(invite, "Session-Expires"), "600;refresher=uac");
    assert_string_equal(strstr(invite, "v=0"), strstr(ok, "v=0"));
    /* RFC 4028 7.2: an answer without the header ends the timer. */
    rig_peer_answer(&r, BOB, invite, 200, "", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_pass(&r, 2000 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "INVITE "), 1);
    rig_expect_none(&r, BOB);
    rig_peer_request(&r, BOB, "BYE", ok, 2, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

/* RFC 4028 10: the smaller of 32 s and a third before the end. */
static void a_session_that_nobody_refreshes_is_ended(void **state)
{
    (void)state;
    start(0, 0);
    peer_calls_bob("Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
    rig_pass(&r, 59 * SECOND);
    rig_expect_none(&r, BOB);
    rig_pass(&r, 2 * SECOND);
    rig_expect_end(&r, BOB, CALL_END_EXPIRED);
    const char *bye = rig_peer_next(&r, "BYE ");
    assert_true(rig_has(bye, "Reason: SIP;cause=408"));
    rig_peer_answer(&r, BOB, bye, 200, "", "", "");
    rig_end(&r);
}

static void a_refresh_of_theirs_keeps_it(void **state)
{
    (void)state;
    start(0, 0);
    const char *ok = peer_calls_bob("Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
    assert_string_equal(rig_value(ok, "Session-Expires"), "90;refresher=uac");
    for (unsigned i = 0; i < 10; i++) {
        rig_pass(&r, 45 * SECOND);
        rig_peer_request(&r, BOB, "UPDATE", ok, 2 + i,
                         "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n", "");
    }
    rig_expect_none(&r, BOB);
    rig_pass(&r, 61 * SECOND);
    rig_expect_end(&r, BOB, CALL_END_EXPIRED);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

static void a_timer_that_is_too_short_is_refused(void **state)
{
    (void)state;
    start(0, 300);
    rig_peer_invite(&r, "peer-1", "Supported: timer\r\nSession-Expires: 299\r\n",
                    rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    assert_string_equal(rig_value(rig_peer_next(&r, "SIP/2.0 422"), "Min-SE"), "300");
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* The refresher whom nobody answers ends the call before it expires. */
static void a_refresh_without_answer_is_the_end(void **state)
{
    (void)state;
    start(600, 0);
    rig_talk(&r, &alice, &bob);
    r.lose = "UPDATE ";
    r.n_lose = 100;
    rig_pass(&r, 340 * SECOND);
    rig_expect_end(&r, ALICE, CALL_END_GONE);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

static void without_update_a_refresh_goes_by_invite(void **state)
{
    (void)state;
    start(600, 0);
    const char *ok = peer_calls_bob("Allow: INVITE, ACK, BYE, UPDATE\r\n");
    rig_pass(&r, 300 * SECOND);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "UPDATE "), 501, "", "", "");
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 200, "", "", rig_sdp(6000, ""));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_peer_request(&r, BOB, "BYE", ok, 2, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_caller_refreshes),
        cmocka_unit_test(each_request_says_that_timers_are_known),
        cmocka_unit_test(the_callee_refreshes_for_who_cannot),
        cmocka_unit_test(a_session_that_nobody_refreshes_is_ended),
        cmocka_unit_test(a_refresh_of_theirs_keeps_it),
        cmocka_unit_test(a_timer_that_is_too_short_is_refused),
        cmocka_unit_test(a_refresh_without_answer_is_the_end),
        cmocka_unit_test(without_update_a_refresh_goes_by_invite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
