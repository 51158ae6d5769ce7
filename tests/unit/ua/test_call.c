/* A call from its INVITE to its BYE, both ways (RFC 3261 13, 15; RFC 3665 3). */
#include "rig.h"

static struct rig r;

/* RFC 3665 3.1 */
static void a_call_is_answered_and_ended(void **state)
{
    (void)state;
    ua_call alice, bob;
    rig_new(&r);
    alice = rig_call(&r, NULL);
    rig_pass(&r, 50 * MS);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct call_ring ring = {.status = 180};
    assert_int_equal(call_ring(r.side[BOB].ua, bob, &ring, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_PROGRESS)->ev.status, 180);
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 50 * MS);
    const struct rig_event *media = rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(media->ev.n_agreed, 1);
    assert_true(media->agreed[0].live);
    assert_int_equal(media->agreed[0].port, 5000);
    assert_int_equal(media->agreed[0].direction, SDP_SENDRECV);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].port, 4000);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    assert_int_equal(call_end(r.side[ALICE].ua, alice, STR("Q.850;cause=16"), r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    const struct rig_event *end = rig_expect_end(&r, BOB, CALL_END_BYE);
    assert_true(rig_has(end->text, "\r\nReason: Q.850;cause=16\r\n"));
    assert_int_equal(call_end(r.side[ALICE].ua, alice, STR_NONE, r.now), ERR_STALE);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 2);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_answered_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
