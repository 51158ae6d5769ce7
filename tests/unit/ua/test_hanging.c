/* Re-INVITEs of ours that hang behind a provisional response (RFC 3261 9.1, 14.1, 17.1.1.2). */
#include "rig.h"

static struct rig r;
static ua_call bob;

static struct ua *ua(enum rig_who who)
{
    return r.side[who].ua;
}

/* Bob is in a call with the peer, and his re-INVITE, which is returned, has this response. */
static const char *change(unsigned status)
{
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_request(&r, BOB, "ACK", rig_peer_next(&r, "SIP/2.0 200"), 1, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    assert_int_equal(call_change(ua(BOB), bob, rig_media(5002), r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    rig_peer_answer(&r, BOB, invite, status, "", "", "");
    return invite;
}

/* The peer answers a BYE that must have come; nothing is left. */
static void end_by_bye(void)
{
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_pass(&r, 70 * SECOND);
    assert_int_equal(engine_stats(r.side[BOB].engine)->tx_client, 0);
    rig_end(&r);
}

static void hang_up(void)
{
    assert_int_equal(call_end(ua(BOB), bob, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, BOB, CALL_END_HUNG_UP);
}

static void it_ends_with_its_call(void **state)
{
    (void)state;
    change(100);
    hang_up();
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    end_by_bye();
}

/* Bob ends the call while so many messages of his wait to leave, and memory for nothing. True: his
 * CANCEL has not gone. */
static bool hang_up_without_memory(unsigned n_waiting)
{
    for (unsigned i = 0; i < n_waiting; i++)
        assert_int_equal(
            call_info(ua(BOB), bob, STR("application/dtmf"), STR_NONE, STR("1"), r.now), OK);
    r.side[BOB].mem.refuse_after = 0;
    hang_up();
    bool failed = rig_count(&r, BOB, "CANCEL ") == 0;
    r.side[BOB].mem.refuse_after = SIZE_MAX;
    return failed;
}

/* Whatever finds no memory when its call ends: it is cancelled all the same, once there is some. */
static void its_cancel_is_tried_until_there_is_memory(void **state)
{
    (void)state;
    unsigned n_failed = 0;
    for (unsigned n = 56; n < 66; n++) {
        change(180);
        n_failed += hang_up_without_memory(n);
        rig_pass(&r, 1 * SECOND);
        rig_peer_answer(&r, BOB, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
        end_by_bye();
    }
    assert_true(n_failed > 0);
}

/* Its answer overtakes the CANCEL that found no memory. */
static void one_that_is_answered_needs_no_cancel(void **state)
{
    (void)state;
    static const unsigned answers[] = {486, 200};
    for (size_t i = 0; i < 2; i++) {
        const char *invite = change(180);
        assert_true(hang_up_without_memory(62));
        rig_peer_answer(&r, BOB, invite, answers[i], "", "", rig_sdp(6000, ""));
        rig_pass(&r, 2 * SECOND);
        rig_peer_next(&r, "ACK ");
        assert_int_equal(rig_count(&r, BOB, "CANCEL "), 0);
        end_by_bye();
    }
}

static const struct rig_event *expect_failed(unsigned status)
{
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_CHANGE_FAILED);
    assert_int_equal(e->ev.status, status);
    return e;
}

/* … and what was wanted meanwhile is offered then. */
static void it_is_cancelled_after_three_minutes(void **state)
{
    (void)state;
    const char *invite = change(180);
    assert_int_equal(call_change(ua(BOB), bob, rig_media(5004), r.now), OK);
    rig_pass(&r, 179 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "CANCEL "), 0);
    rig_pass(&r, 1 * SECOND);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    rig_peer_answer(&r, BOB, invite, 487, "", "", "");
    expect_failed(487);
    rig_pass(&r, 20 * MS);
    invite = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(invite, "m=audio 5004 "));
    rig_peer_answer(&r, BOB, invite, 200, "", "", rig_sdp(6000, ""));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_pass(&r, 400 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "CANCEL "), 1);
    hang_up();
    end_by_bye();
}

/* What was agreed before holds. */
static void a_cancelled_change_is_taken_back(void **state)
{
    (void)state;
    struct call_view view;
    const char *invite = change(100);
    r.side[BOB].mem.refuse_after = 0;
    rig_pass(&r, 181 * SECOND);
    r.side[BOB].mem.refuse_after = SIZE_MAX;
    rig_pass(&r, 1 * SECOND);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    rig_peer_answer(&r, BOB, invite, 487, "", "", "");
    expect_failed(487);
    assert_int_equal(call_look(ua(BOB), bob, &view), OK);
    assert_int_equal(view.state, CALL_CONFIRMED);
    assert_int_equal(view.agreed[0].port, 6000);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    invite = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(invite, "m=audio 5000 "));
    rig_peer_answer(&r, BOB, invite, 488, "", "", "");
    expect_failed(488);
    hang_up();
    end_by_bye();
}

/* RFC 3261 9.1: the 2xx was on its way. */
static void an_answer_that_crosses_the_cancel_holds(void **state)
{
    (void)state;
    const char *invite = change(180);
    rig_pass(&r, 180 * SECOND);
    rig_peer_next(&r, "CANCEL ");
    rig_peer_answer(&r, BOB, invite, 200, "", "", rig_sdp(6400, ""));
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].port, 6400);
    hang_up();
    end_by_bye();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_with_its_call),
        cmocka_unit_test(its_cancel_is_tried_until_there_is_memory),
        cmocka_unit_test(one_that_is_answered_needs_no_cancel),
        cmocka_unit_test(it_is_cancelled_after_three_minutes),
        cmocka_unit_test(a_cancelled_change_is_taken_back),
        cmocka_unit_test(an_answer_that_crosses_the_cancel_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
