/* Calls of ours whose media change before they are answered (RFC 3311 5.1). */
#include "rig.h"

static struct rig r;
static ua_call call;
static const char *invite;

static struct ua *alice(void)
{
    return r.side[ALICE].ua;
}

static void call_the_peer(bool offer_later)
{
    rig_new(&r);
    const struct call_start start = {.account = r.side[ALICE].account,
                                     .target = STR("sip:peer@192.0.2.9"),
                                     .media = rig_media(4000),
                                     .offer_later = offer_later};
    assert_int_equal(call_start(alice(), &start, r.now, &call), OK);
    rig_pass(&r, 20 * MS);
    invite = rig_peer_next(&r, "INVITE ");
}

static void change(uint16_t port)
{
    assert_int_equal(call_change(alice(), call, rig_media(port), r.now), OK);
    rig_pass(&r, 20 * MS);
}

/* A 183 that answers the offer reliably, its PRACK, which is returned. */
static const char *ring_reliably(const char *tag, uint16_t port)
{
    rig_peer_answer(&r, ALICE, invite, 183, tag,
                    "Require: 100rel\r\nRSeq: 1\r\nAllow: INVITE, ACK, PRACK, UPDATE\r\n",
                    rig_sdp(port, ""));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_pass(&r, 20 * MS);
    return rig_peer_next(&r, "PRACK ");
}

static void accept(const char *request, const char *body)
{
    rig_peer_answer(&r, ALICE, request, 200, "", "", body);
    rig_pass(&r, 20 * MS);
}

static void answer_call(const char *tag, const char *body)
{
    rig_peer_answer(&r, ALICE, invite, 200, tag, "", body);
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
}

/* Nothing more is offered. */
static void hang_up(void)
{
    assert_int_equal(call_end(alice(), call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    accept(rig_peer_next(&r, "BYE "), "");
    rig_expect_none(&r, ALICE);
    rig_end(&r);
}

static void it_is_changed_by_update_behind_the_prack(void **state)
{
    (void)state;
    call_the_peer(false);
    const char *prack = ring_reliably("a", 6000);
    change(4400);
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 0);
    accept(prack, "");
    const char *update = rig_peer_next(&r, "UPDATE ");
    assert_true(rig_has(update, "m=audio 4400 "));
    accept(update, rig_sdp(6600, ""));
    const struct rig_event *e = rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(e->agreed[0].port, 6600);
    assert_int_equal(e->ev.leg, 1);
    answer_call("a", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    hang_up();
}

static void a_held_one_is_held_in_its_early_dialog(void **state)
{
    (void)state;
    call_the_peer(false);
    accept(ring_reliably("a", 6000), "");
    assert_int_equal(call_hold(alice(), call, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *update = rig_peer_next(&r, "UPDATE ");
    assert_true(rig_has(update, "a=sendonly"));
    accept(update, rig_sdp(6000, "a=recvonly\r\n"));
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].direction, SDP_SENDONLY);
    answer_call("a", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    hang_up();
}

/* … or was answered by nobody yet. */
static void what_was_not_answered_reliably_waits_for_the_call(void **state)
{
    (void)state;
    for (int early = 0; early < 2; early++) {
        call_the_peer(false);
        if (early) {
            rig_peer_answer(&r, ALICE, invite, 183, "a", "Allow: UPDATE\r\n", rig_sdp(6000, ""));
            rig_expect(&r, ALICE, UA_CALL_MEDIA);
            rig_expect(&r, ALICE, UA_CALL_PROGRESS);
        }
        change(4400);
        assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 0);
        answer_call("a", rig_sdp(6000, ""));
        if (!early)
            rig_expect(&r, ALICE, UA_CALL_MEDIA);
        rig_expect(&r, ALICE, UA_CALL_ANSWERED);
        const char *again = rig_peer_next(&r, "INVITE ");
        assert_true(rig_has(again, "m=audio 4400 "));
        accept(again, rig_sdp(6600, ""));
        assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].port, 6600);
        hang_up();
    }
}

static void each_fork_is_changed_and_those_that_come(void **state)
{
    (void)state;
    call_the_peer(false);
    accept(ring_reliably("a", 6000), "");
    const char *prack = ring_reliably("b", 7000);
    change(4400);
    const char *update = rig_peer_next(&r, "UPDATE ");
    assert_true(rig_has(rig_value(update, "To"), ";tag=a"));
    accept(update, rig_sdp(6600, ""));
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->ev.leg, 1);
    accept(ring_reliably("c", 8000), "");
    update = rig_peer_next(&r, "UPDATE ");
    assert_true(rig_has(rig_value(update, "To"), ";tag=c"));
    assert_true(rig_has(update, "m=audio 4400 "));
    accept(update, rig_sdp(8800, ""));
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->ev.leg, 3);
    answer_call("c", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    /* who is no longer of interest is offered nothing */
    accept(prack, "");
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 2);
    hang_up();
}

static void a_refused_change_leaves_the_call_as_it_was(void **state)
{
    (void)state;
    struct call_view view;
    call_the_peer(false);
    accept(ring_reliably("a", 6000), "");
    change(4400);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "UPDATE "), 488, "", "", "");
    const struct rig_event *e = rig_expect(&r, ALICE, UA_CALL_CHANGE_FAILED);
    assert_int_equal(e->ev.status, 488);
    assert_int_equal(e->ev.leg, 1);
    answer_call("a", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(call_look(alice(), call, &view), OK);
    assert_int_equal(view.agreed[0].port, 6000);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    hang_up();
}

/* Their offer is answered by what is wanted then; nothing was offered that would have to change. */
static void what_has_offered_nothing_says_it_in_its_answer(void **state)
{
    (void)state;
    call_the_peer(true);
    change(4400);
    const char *prack = ring_reliably("a", 6000);
    assert_true(rig_has(prack, "m=audio 4400 "));
    accept(prack, "");
    answer_call("a", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 0);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    hang_up();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_changed_by_update_behind_the_prack),
        cmocka_unit_test(a_held_one_is_held_in_its_early_dialog),
        cmocka_unit_test(what_was_not_answered_reliably_waits_for_the_call),
        cmocka_unit_test(each_fork_is_changed_and_those_that_come),
        cmocka_unit_test(a_refused_change_leaves_the_call_as_it_was),
        cmocka_unit_test(what_has_offered_nothing_says_it_in_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
