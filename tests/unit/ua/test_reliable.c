/* Reliable provisional responses on both sides (RFC 3262), early media, and UPDATE before the
 * answer (RFC 3311 5.1). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;
static ua_call alice, bob;

static struct ua *ua(enum rig_who who)
{
    return r.side[who].ua;
}

static void ring(unsigned status, const struct sdp_local *media)
{
    const struct call_ring how = {.status = status, .media = media};
    assert_int_equal(call_ring(ua(BOB), bob, &how, r.now), OK);
    rig_pass(&r, 50 * MS);
}

static void start(void)
{
    rig_new(&r);
    alice = rig_call(&r, NULL);
    rig_pass(&r, 50 * MS);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
}

static void end_call(void)
{
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

static void early_media_is_agreed_reliably(void **state)
{
    (void)state;
    start();
    ring(183, rig_media(5000));
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 183"), "\r\nRequire: 100rel\r\n"));
    assert_int_equal(rig_count(&r, ALICE, "PRACK "), 1);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].port, 5000);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    /* the exchange is over: the 2xx needs no description */
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_false(rig_has(rig_last(&r, BOB, "SIP/2.0 200"), "v=0"));
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    end_call();
}

static void the_answer_waits_for_the_prack(void **state)
{
    (void)state;
    start();
    r.lose = "PRACK ";
    r.n_lose = 1;
    const struct call_ring how = {.status = 183, .media = rig_media(5000)};
    assert_int_equal(call_ring(ua(BOB), bob, &how, r.now), OK);
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 0);
    rig_pass(&r, 600 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 183"), 2);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 2);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    end_call();
}

/* RFC 3262 3: one that is not acknowledged at a time. */
static void the_next_one_waits_its_turn(void **state)
{
    (void)state;
    start();
    r.lose = "PRACK ";
    r.n_lose = 1;
    const struct call_ring first = {.status = 183, .media = rig_media(5000)};
    const struct call_ring second = {.status = 180, .reliably = true};
    assert_int_equal(call_ring(ua(BOB), bob, &first, r.now), OK);
    assert_int_equal(call_ring(ua(BOB), bob, &second, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 180"), 0);
    rig_pass(&r, 600 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 180"), 1);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_PROGRESS)->ev.status, 183);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_PROGRESS)->ev.status, 180);
    assert_int_equal(call_refuse(ua(BOB), bob, 486, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US);
    rig_expect_end(&r, ALICE, CALL_END_REFUSED);
    rig_end(&r);
}

/* RFC 3262 3: T1, doubled each time, for 64*T1; then the INVITE fails. */
static void without_a_prack_the_call_is_given_up(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "Supported: 100rel\r\n", rig_sdp(6000, ""));
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct call_ring how = {.status = 183, .media = rig_media(5000)};
    assert_int_equal(call_ring(ua(BOB), bob, &how, r.now), OK);
    rig_pass(&r, 31 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 183"), 6);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect_none(&r, BOB);
    rig_pass(&r, 2 * SECOND);
    rig_expect_end(&r, BOB, CALL_END_NO_PRACK);
    rig_peer_next(&r, "SIP/2.0 504");
    rig_end(&r);
}

static void a_prack_has_to_match(void **state)
{
    (void)state;
    char rack[64];
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "Require: 100rel\r\n", rig_sdp(6000, ""));
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct call_ring how = {.status = 180};
    assert_int_equal(call_ring(ua(BOB), bob, &how, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *ringing = rig_peer_next(&r, "SIP/2.0 180");
    unsigned rseq = (unsigned)strtoul(rig_value(ringing, "RSeq"), NULL, 10);
    assert_true(rseq > 0);
    static const struct {
        int rseq;
        unsigned cseq;
        const char *method;
    } wrong[] = {{1, 1, "INVITE"}, {0, 2, "INVITE"}, {0, 1, "UPDATE"}, {-1, 1, "INVITE"}};
    unsigned cseq = 2;
    for (size_t i = 0; i < 4; i++) {
        snprintf(rack, sizeof rack, "RAck: %u %u %s\r\n", rseq + (unsigned)wrong[i].rseq,
                 wrong[i].cseq, wrong[i].method);
        rig_peer_request(&r, BOB, "PRACK", ringing, cseq++, rack, "");
    }
    rig_peer_request(&r, BOB, "PRACK", ringing, cseq++, "", "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 481"), 5);
    snprintf(rack, sizeof rack, "RAck: %u 1 INVITE\r\n", rseq);
    rig_peer_request(&r, BOB, "PRACK", ringing, cseq++, rack, "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 1);
    rig_peer_request(&r, BOB, "PRACK", ringing, cseq++, rack, "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 481"), 6);
    rig_peer_request(&r, BOB, "BYE", ringing, cseq, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "SIP/2.0 487");
    rig_end(&r);
}

/* RFC 3262 5: an INVITE without an offer gets it in the first reliable response. */
static void an_offer_goes_reliably_where_there_is_none(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = {.account = r.side[ALICE].account,
                                   .target = STR("sip:bob@192.0.2.2"),
                                   .media = rig_media(4000),
                                   .offer_later = true,
                                   .reliability = CALL_RELIABLE_REQUIRED};
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 50 * MS);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    ring(183, rig_media(5000));
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 183"), "m=audio 5000"));
    assert_true(rig_has(rig_last(&r, ALICE, "PRACK "), "m=audio 4000"));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    end_call();
}

/* RFC 3311 5.1: media changes before the call is answered. */
static void early_media_is_changed_by_update(void **state)
{
    (void)state;
    start();
    ring(183, rig_media(5000));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, BOB, "UPDATE "), 1);
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].direction, SDP_SENDONLY);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].direction, SDP_RECVONLY);
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    end_call();
}

/* Without 100rel the 2xx says what the 183 has said, with the same version. */
static void a_foretaste_is_said_again(void **state)
{
    (void)state;
    rig_new(&r);
    const char *invite = rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    (void)invite;
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct call_ring impossible = {.status = 183, .reliably = true};
    assert_int_equal(call_ring(ua(BOB), bob, &impossible, r.now), ERR_INVALID);
    ring(183, rig_media(5000));
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *early = strstr(rig_peer_next(&r, "SIP/2.0 183"), "v=0");
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_string_equal(early, strstr(ok, "v=0"));
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_peer_request(&r, BOB, "BYE", ok, 2, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

/* RFC 3261 15: the callee sends no BYE before the answer, whatever becomes of an UPDATE. */
static void an_update_that_finds_nobody_is_no_reason_for_a_bye(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "Supported: 100rel\r\nAllow: UPDATE\r\n", rig_sdp(6000, ""));
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    ring(183, rig_media(5000));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    char rack[64];
    snprintf(rack, sizeof rack, "RAck: %s 1 INVITE\r\n", rig_value(early, "RSeq"));
    rig_peer_request(&r, BOB, "PRACK", early, 2, rack, "");
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "UPDATE "), 481, "", "", "");
    rig_expect_end(&r, BOB, CALL_END_GONE);
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "SIP/2.0 500");
    assert_int_equal(rig_count(&r, BOB, "BYE "), 0);
    rig_end(&r);
}

/* RFC 3262 4: what is not said to be known is not acknowledged, nor is it in a re-INVITE. */
static void who_does_not_know_it_says_so(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = {.account = r.side[ALICE].account,
                                   .target = STR("sip:peer@192.0.2.9"),
                                   .media = rig_media(4000),
                                   .reliability = CALL_RELIABLE_NEVER};
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    assert_false(rig_has(invite, "100rel"));
    rig_peer_answer(&r, ALICE, invite, 180, "a", "Require: 100rel\r\nRSeq: 1\r\n", "");
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_peer_answer(&r, ALICE, invite, 200, "a", "", rig_sdp(6000, ""));
    assert_int_equal(rig_count(&r, ALICE, "PRACK "), 0);
    assert_int_equal(call_hold(ua(ALICE), alice, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *again = rig_peer_next(&r, "INVITE ");
    assert_false(rig_has(again, "100rel"));
    rig_peer_answer(&r, ALICE, again, 200, "", "", rig_sdp(6000, "a=recvonly\r\n"));
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_media_is_agreed_reliably),
        cmocka_unit_test(the_answer_waits_for_the_prack),
        cmocka_unit_test(the_next_one_waits_its_turn),
        cmocka_unit_test(without_a_prack_the_call_is_given_up),
        cmocka_unit_test(a_prack_has_to_match),
        cmocka_unit_test(an_offer_goes_reliably_where_there_is_none),
        cmocka_unit_test(early_media_is_changed_by_update),
        cmocka_unit_test(a_foretaste_is_said_again),
        cmocka_unit_test(an_update_that_finds_nobody_is_no_reason_for_a_bye),
        cmocka_unit_test(who_does_not_know_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
