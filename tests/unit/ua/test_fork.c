/* An INVITE of ours that reaches several phones: dialogs by To tag, losers, CANCEL (RFC
 * 3261 13.2.2, 9.1). */
#include "rig.h"

#include <string.h>

static struct rig r;
static ua_call call;
static const char *invite;

static void call_the_peer(void)
{
    rig_new(&r);
    call = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 20 * MS);
    invite = rig_peer_next(&r, "INVITE ");
}

static void answer(unsigned status, const char *tag, const char *body)
{
    rig_peer_answer(&r, ALICE, invite, status, tag, "", body);
}

static unsigned leg_of(enum ua_event_kind kind)
{
    return rig_expect(&r, ALICE, kind)->ev.leg;
}

static void hang_up(void)
{
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

static void early_media_of_each_fork_is_told(void **state)
{
    (void)state;
    call_the_peer();
    answer(183, "a", rig_sdp(6000, ""));
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].port, 6000);
    assert_int_equal(leg_of(UA_CALL_PROGRESS), 1);
    answer(183, "b", rig_sdp(7000, ""));
    const struct rig_event *media = rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(media->agreed[0].port, 7000);
    assert_int_equal(media->ev.leg, 2);
    assert_int_equal(leg_of(UA_CALL_PROGRESS), 2);
    answer(200, "b", rig_sdp(7000, ""));
    assert_int_equal(leg_of(UA_CALL_ANSWERED), 2);
    rig_expect_none(&r, ALICE);
    assert_true(rig_has(rig_peer_next(&r, "ACK "), ";tag=b\r\n"));
    hang_up();
}

static bool is_done(void)
{
    return ua_is_done(r.side[ALICE].ua);
}

static void who_leaves_waits_for_its_bye_and_for_forks_that_ring(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    answer(200, "b", rig_sdp(6000, ""));
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_false(is_done());
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    assert_false(is_done());
    answer(200, "a", rig_sdp(7000, ""));
    rig_pass(&r, 20 * MS);
    assert_false(is_done());
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    assert_true(is_done());
    assert_false(ua_is_quiet(r.side[ALICE].ua));
    rig_end(&r);
}

static void a_loser_is_acknowledged_and_hung_up(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    assert_int_equal(leg_of(UA_CALL_PROGRESS), 1);
    answer(200, "b", rig_sdp(7000, ""));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(leg_of(UA_CALL_ANSWERED), 2);
    answer(200, "a", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "ACK "), ";tag=b\r\n"));
    assert_true(rig_has(rig_peer_next(&r, "ACK "), ";tag=a\r\n"));
    const char *bye = rig_peer_next(&r, "BYE ");
    assert_true(rig_has(bye, ";tag=a\r\n"));
    rig_peer_answer(&r, ALICE, bye, 200, "", "", "");
    rig_expect_none(&r, ALICE);
    hang_up();
}

/* RFC 3261 13.2.2.4: an ACK for each time that the 2xx comes, always the same. */
static void a_2xx_that_comes_again_gets_the_same_ack(void **state)
{
    (void)state;
    call_the_peer();
    answer(200, "a", rig_sdp(6000, ""));
    answer(200, "a", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    const char *first = rig_peer_next(&r, "ACK ");
    assert_string_equal(first, rig_peer_next(&r, "ACK "));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    rig_expect_none(&r, ALICE);
    hang_up();
}

static void a_cancel_gets_its_487(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR("SIP;cause=487"), r.now), OK);
    rig_expect_none(&r, ALICE);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    const char *cancel = rig_peer_next(&r, "CANCEL ");
    assert_true(rig_has(cancel, "\r\nReason: SIP;cause=487\r\n"));
    rig_peer_answer(&r, ALICE, cancel, 200, "a", "", "");
    answer(487, "a", "");
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    assert_true(ua_is_quiet(r.side[ALICE].ua));
    rig_end(&r);
}

static void a_cancel_waits_for_the_first_provisional_response(void **state)
{
    (void)state;
    call_the_peer();
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, ALICE, "CANCEL "), 0);
    answer(180, "a", "");
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "CANCEL ");
    answer(487, "a", "");
    rig_end(&r);
}

static void a_cancel_that_crosses_a_200_ends_in_bye(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    answer(200, "a", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_expect_none(&r, ALICE);
    rig_end(&r);
}

static void forks_that_nobody_answered_are_forgotten(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    answer(180, "b", "");
    answer(200, "c", rig_sdp(6000, ""));
    rig_pass(&r, 40 * SECOND);
    answer(200, "a", rig_sdp(7000, ""));
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, ALICE, "ACK "), 1);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    hang_up();
}

/* RFC 3262 4: each fork has its own numbers. */
static void prack_goes_to_the_right_fork(void **state)
{
    (void)state;
    call_the_peer();
    rig_peer_answer(&r, ALICE, invite, 183, "a", "Require: 100rel\r\nRSeq: 10\r\n",
                    rig_sdp(6000, ""));
    rig_peer_answer(&r, ALICE, invite, 180, "b", "Require: 100rel\r\nRSeq: 77\r\n", "");
    rig_pass(&r, 20 * MS);
    const char *prack = rig_peer_next(&r, "PRACK ");
    assert_true(rig_has(prack, ";tag=a\r\n"));
    assert_true(rig_has(prack, "\r\nRAck: 10 1 INVITE\r\n"));
    rig_peer_answer(&r, ALICE, prack, 200, "", "", "");
    prack = rig_peer_next(&r, "PRACK ");
    assert_true(rig_has(prack, ";tag=b\r\n"));
    assert_true(rig_has(prack, "\r\nRAck: 77 1 INVITE\r\n"));
    rig_peer_answer(&r, ALICE, prack, 200, "", "", "");
    /* the same again is none, and what is not in order waits */
    rig_peer_answer(&r, ALICE, invite, 180, "b", "Require: 100rel\r\nRSeq: 77\r\n", "");
    rig_peer_answer(&r, ALICE, invite, 180, "b", "Require: 100rel\r\nRSeq: 79\r\n", "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, ALICE, "PRACK "), 2);
    rig_peer_answer(&r, ALICE, invite, 180, "b", "Require: 100rel\r\nRSeq: 78\r\n", "");
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "PRACK "), 200, "", "", "");
    answer(200, "a", "");
    rig_pass(&r, 20 * MS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    hang_up();
}

static void a_failure_ends_all_forks(void **state)
{
    (void)state;
    call_the_peer();
    answer(180, "a", "");
    answer(180, "b", "");
    rig_peer_answer(&r, ALICE, invite, 606, "x", "Warning: 305 peer \"No way\"\r\n", "");
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    const struct rig_event *end = rig_expect_end(&r, ALICE, CALL_END_REFUSED);
    assert_int_equal(end->ev.status, 606);
    assert_true(rig_has(end->text, "Warning: 305 peer"));
    assert_true(ua_is_quiet(r.side[ALICE].ua));
    rig_end(&r);
}

static void nobody_answers(void **state)
{
    (void)state;
    call_the_peer();
    rig_pass(&r, 33 * SECOND);
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 408);
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), ERR_STALE);
    rig_end(&r);
}

/* RFC 3261 15: whoever ends calls may, in the name of who has answered. */
static void a_bye_that_overtakes_its_2xx_ends_the_call(void **state)
{
    (void)state;
    call_the_peer();
    rig_peer_answer(&r, ALICE, invite, 180, "a", "Require: 100rel\r\nRSeq: 10\r\n", "");
    const char *prack = rig_peer_next(&r, "PRACK ");
    rig_peer_answer(&r, ALICE, prack, 200, "", "", "");
    rig_peer_request(&r, ALICE, "BYE", prack, 1, "", "");
    rig_pass(&r, 20 * MS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect_none(&r, ALICE);
    rig_peer_answer(&r, ALICE, invite, 200, "a", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    assert_non_null(rig_peer_next(&r, "ACK "));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect_end(&r, ALICE, CALL_END_BYE);
    rig_pass(&r, 40 * SECOND);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_media_of_each_fork_is_told),
        cmocka_unit_test(who_leaves_waits_for_its_bye_and_for_forks_that_ring),
        cmocka_unit_test(a_loser_is_acknowledged_and_hung_up),
        cmocka_unit_test(a_2xx_that_comes_again_gets_the_same_ack),
        cmocka_unit_test(a_cancel_gets_its_487),
        cmocka_unit_test(a_cancel_waits_for_the_first_provisional_response),
        cmocka_unit_test(a_cancel_that_crosses_a_200_ends_in_bye),
        cmocka_unit_test(forks_that_nobody_answered_are_forgotten),
        cmocka_unit_test(prack_goes_to_the_right_fork),
        cmocka_unit_test(a_failure_ends_all_forks),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(a_bye_that_overtakes_its_2xx_ends_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
