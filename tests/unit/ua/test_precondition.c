/* Preconditions in calls (RFC 3312, RFC 4032): section 13's flows message by message, what is
 * refused, and what waits. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#define E2E_NONE "a=curr:qos e2e none\r\na=des:qos mandatory e2e sendrecv\r\n"
#define E2E_SEND "a=curr:qos e2e send\r\na=des:qos mandatory e2e sendrecv\r\n"
#define DESIRED                              \
    "a=des:qos mandatory local sendrecv\r\n" \
    "a=des:qos mandatory remote sendrecv\r\n"
#define NOTHING_THERE "a=curr:qos local none\r\na=curr:qos remote none\r\n" DESIRED
#define THEIRS_THERE "a=curr:qos local sendrecv\r\na=curr:qos remote none\r\n" DESIRED
#define ALL_THERE "a=curr:qos local sendrecv\r\na=curr:qos remote sendrecv\r\n" DESIRED
#define KNOWN "Supported: 100rel\r\nRequire: precondition\r\nAllow: PRACK, UPDATE\r\n"

static struct rig r;
static ua_call alice, bob;

static struct ua *ua(enum rig_who who)
{
    return r.side[who].ua;
}

/* The peer calls Bob; whether the call is suspended. */
static bool called(const char *more, const char *lines)
{
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", more, lines ? rig_sdp(6000, lines) : "");
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_INCOMING);
    bob = e->ev.call;
    return e->ev.suspended;
}

static void ring(unsigned status, const struct sdp_local *media)
{
    const struct call_ring how = {.status = status, .media = media};
    assert_int_equal(call_ring(ua(BOB), bob, &how, r.now), OK);
    rig_pass(&r, 20 * MS);
}

static void prack(const char *of, unsigned cseq, const char *body)
{
    char rack[64];
    snprintf(rack, sizeof rack, "RAck: %s 1 INVITE\r\n", rig_value(of, "RSeq"));
    rig_peer_request(&r, BOB, "PRACK", of, cseq, rack, body);
    rig_peer_next(&r, "SIP/2.0 200");
}

/* Bob answers, the peer acknowledges and hangs up. */
static void finish(unsigned cseq)
{
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_false(rig_has(ok, "v=0"));
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_peer_request(&r, BOB, "BYE", ok, cseq, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

static void resumed(void)
{
    assert_true(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].live);
    assert_true(rig_has(rig_expect(&r, BOB, UA_CALL_RESUMED)->text, "INVITE sip:bob"));
}

/* RFC 3312 13.1, figure 2; what B sends is there at once, for B reserves nothing. */
static void end_to_end_status_is_confirmed_by_update(void **state)
{
    (void)state;
    assert_true(called(KNOWN, E2E_NONE));
    ring(180, rig_media(5000));
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    assert_true(rig_has(early, "\r\nRequire: 100rel\r\n"));
    assert_true(rig_has(early, "a=curr:qos e2e send\r\na=des:qos mandatory e2e sendrecv\r\n"
                               "a=conf:qos e2e recv\r\n"));
    prack(early, 2, "");
    rig_expect_none(&r, BOB);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 180"), 0);
    rig_peer_request(&r, BOB, "UPDATE", early, 3, "", rig_sdp(6000, E2E_SEND));
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 200"),
                        "a=curr:qos e2e sendrecv\r\na=des:qos mandatory e2e sendrecv\r\n"));
    assert_false(rig_has(rig_last(&r, BOB, "SIP/2.0 200"), "a=conf"));
    resumed();
    const char *ringing = rig_peer_next(&r, "SIP/2.0 180");
    assert_true(rig_has(ringing, "\r\nRequire: 100rel\r\n"));
    prack(ringing, 4, "");
    finish(5);
}

static struct call_start demanding(const char *target, enum sdp_strength strength)
{
    static struct sdp_local media;
    static struct sdp_stream stream;
    media = *rig_media(4000);
    stream = media.streams[0];
    stream.demands_qos = true;
    stream.qos = strength;
    media.streams = &stream;
    return (struct call_start){
        .account = r.side[ALICE].account, .target = str_from(target), .media = &media};
}

/* RFC 3312 13.2, figure 4: both user agents are ours; nothing has to wait. */
static void segments_that_are_there_suspend_nothing(void **state)
{
    (void)state;
    rig_new(&r);
    struct call_start how = demanding("sip:bob@192.0.2.2", SDP_STRENGTH_MANDATORY);
    how.reliability = CALL_RELIABLE_NEVER;
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), ERR_INVALID);
    how.reliability = CALL_RELIABLE_SUPPORTED;
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 50 * MS);
    const char *invite = rig_last(&r, ALICE, "INVITE ");
    assert_true(rig_has(invite, THEIRS_THERE));
    assert_true(rig_has(invite, "\r\nRequire: precondition\r\n"));
    assert_true(rig_has(rig_value(invite, "Supported"), "100rel"));
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_INCOMING);
    assert_false(e->ev.suspended);
    bob = e->ev.call;
    ring(180, rig_media(5000));
    rig_pass(&r, 50 * MS);
    const char *answer = rig_last(&r, BOB, "SIP/2.0 180");
    assert_true(rig_has(answer, "a=curr:qos local sendrecv\r\n"));
    assert_true(rig_has(answer, "a=curr:qos remote sendrecv\r\n"));
    assert_true(rig_has(answer, "a=des:qos mandatory local sendrecv\r\n"));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    /* what is known of the far segment is offered on */
    assert_int_equal(call_hold(ua(ALICE), alice, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, ALICE, "INVITE "), ALL_THERE));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_end(&r);
}

/* RFC 3312 13.3, figure 5, seen from A: the offer with preconditions comes in the 183. */
static void an_offer_in_a_response_is_answered_with_what_is_there(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = {.account = r.side[ALICE].account,
                                   .target = STR("sip:peer@192.0.2.9"),
                                   .media = rig_media(4000),
                                   .offer_later = true};
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    rig_peer_answer(&r, ALICE, invite, 183, "b", "Require: 100rel, precondition\r\nRSeq: 1\r\n",
                    rig_sdp(6000, E2E_NONE "a=conf:qos e2e recv\r\n"));
    const char *acked = rig_peer_next(&r, "PRACK ");
    assert_true(rig_has(acked, "a=curr:qos e2e send\r\na=des:qos mandatory e2e sendrecv\r\n"));
    rig_peer_answer(&r, ALICE, acked, 200, "", "", "");
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect_none(&r, ALICE);
    /* RFC 4032 4: who alerts has what it waited for */
    rig_peer_answer(&r, ALICE, invite, 180, "b", "", "");
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_peer_answer(&r, ALICE, invite, 200, "b", "", "");
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 3312 7: the answer asks to be told; A tells, once. */
static void a_confirmation_that_is_asked_for_goes(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = demanding("sip:peer@192.0.2.9", SDP_STRENGTH_OPTIONAL);
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    assert_false(rig_has(invite, "Require: precondition"));
    assert_true(rig_has(invite, "a=des:qos optional remote sendrecv\r\n"));
    rig_peer_answer(&r, ALICE, invite, 183, "b", "Require: 100rel\r\nRSeq: 1\r\n",
                    rig_sdp(6000, NOTHING_THERE "a=conf:qos remote sendrecv\r\n"));
    const char *acked = rig_peer_next(&r, "PRACK ");
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 0);
    rig_peer_answer(&r, ALICE, acked, 200, "", "", "");
    const char *update = rig_peer_next(&r, "UPDATE ");
    assert_true(rig_has(update, "a=curr:qos local sendrecv\r\na=curr:qos remote none\r\n"));
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    rig_expect_none(&r, ALICE);
    rig_peer_answer(&r, ALICE, update, 200, "", "",
                    rig_sdp(6000, THEIRS_THERE "a=conf:qos remote sendrecv\r\n"));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_pass(&r, SECOND);
    assert_int_equal(rig_count(&r, ALICE, "UPDATE "), 1);
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    rig_peer_answer(&r, ALICE, invite, 487, "b", "", "");
    rig_end(&r);
}

static void an_answer_waits_for_what_the_caller_reserves(void **state)
{
    (void)state;
    assert_true(called(KNOWN, NOTHING_THERE));
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    assert_true(rig_has(early, "a=curr:qos local sendrecv\r\n"));
    assert_true(rig_has(early, "a=curr:qos remote none\r\n"));
    assert_true(rig_has(early, "a=conf:qos remote sendrecv\r\n"));
    prack(early, 2, "");
    /* half of it */
    rig_peer_request(&r, BOB, "UPDATE", early, 3, "",
                     rig_sdp(6000, "a=curr:qos local send\r\na=curr:qos remote none\r\n" DESIRED));
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 200"), "a=conf:qos remote send\r\n"));
    rig_expect_none(&r, BOB);
    rig_peer_request(&r, BOB, "UPDATE", early, 4, "", rig_sdp(6000, THEIRS_THERE));
    rig_peer_next(&r, "SIP/2.0 200");
    resumed();
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_true(rig_has(ok, "CSeq: 1 INVITE"));
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_peer_request(&r, BOB, "BYE", ok, 5, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

static void a_prack_may_bring_what_was_missing(void **state)
{
    (void)state;
    assert_true(called(KNOWN, NOTHING_THERE));
    ring(183, rig_media(5000));
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    ring(180, NULL);
    prack(early, 2, rig_sdp(6000, THEIRS_THERE));
    resumed();
    prack(rig_peer_next(&r, "SIP/2.0 180"), 3, "");
    finish(4);
}

static void what_is_not_mandatory_suspends_nothing(void **state)
{
    (void)state;
    assert_false(called("Supported: 100rel, precondition\r\n",
                        "a=curr:qos local none\r\na=curr:qos remote none\r\n"
                        "a=des:qos optional local sendrecv\r\na=des:foo optional e2e send\r\n"));
    ring(183, rig_media(5000));
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    assert_true(rig_has(early, "a=des:qos optional remote sendrecv\r\n"));
    assert_false(rig_has(early, "a=conf"));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    prack(early, 2, "");
    finish(3);
}

/* RFC 3312 9: of an unknown type theirs alone is waited for. */
static void a_type_that_is_not_known(void **state)
{
    (void)state;
    assert_true(called(KNOWN, "a=curr:foo local none\r\na=des:foo mandatory local send\r\n"));
    ring(180, rig_media(5000));
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    assert_true(rig_has(early, "a=conf:foo remote recv\r\n"));
    assert_true(rig_has(early, "a=curr:foo local none\r\n"));
    prack(early, 2, "");
    /* RFC 3312 8: one in which we would take part is refused, the call goes on */
    rig_peer_request(&r, BOB, "UPDATE", early, 3, "",
                     rig_sdp(6000, "a=curr:foo e2e none\r\na=des:foo mandatory e2e recv\r\n"));
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 580"),
                        "m=audio 0 RTP/AVP 0 8\r\na=des:foo unknown e2e send\r\n"));
    rig_expect_none(&r, BOB);
    rig_peer_request(&r, BOB, "UPDATE", early, 4, "",
                     rig_sdp(6000, "a=curr:foo local send\r\na=des:foo mandatory local send\r\n"));
    rig_peer_next(&r, "SIP/2.0 200");
    resumed();
    prack(rig_peer_next(&r, "SIP/2.0 180"), 5, "");
    finish(6);
}

static void what_cannot_be_met_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *more, *lines, *answer, *has;
    } cases[] = {
        {KNOWN, "a=des:foo mandatory e2e sendrecv\r\n", "SIP/2.0 580",
         "m=audio 0 RTP/AVP 0 8\r\na=des:foo unknown e2e sendrecv\r\n"},
        {KNOWN, "a=des:foo mandatory remote send\r\na=des:qos mandatory e2e send\r\n",
         "SIP/2.0 580", "0 8\r\na=des:foo unknown local recv\r\n"},
        {"", E2E_NONE, "SIP/2.0 421", "\r\nRequire: 100rel\r\n"},
    };
    rig_new(&r);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[16];
        snprintf(id, sizeof id, "peer-%zu", i);
        rig_peer_invite(&r, id, cases[i].more, rig_sdp(6000, cases[i].lines));
        assert_true(rig_has(rig_peer_next(&r, cases[i].answer), cases[i].has));
    }
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* RFC 3312 8: an offer in a response cannot be refused: it is answered, and the call given up. */
static void a_caller_gives_up_what_cannot_be_met(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = {.account = r.side[ALICE].account,
                                   .target = STR("sip:peer@192.0.2.9"),
                                   .media = rig_media(4000),
                                   .offer_later = true};
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    rig_peer_answer(&r, ALICE, invite, 183, "b", "Require: 100rel, precondition\r\nRSeq: 1\r\n",
                    rig_sdp(6000, "a=des:foo mandatory e2e sendrecv\r\n"));
    assert_true(rig_has(rig_peer_next(&r, "PRACK "), "m=audio 4000"));
    rig_expect_end(&r, ALICE, CALL_END_NO_AGREEMENT);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    rig_peer_answer(&r, ALICE, invite, 487, "b", "", "");
    rig_end(&r);
}

/* Bob offers what he demands, in a 183 that his 180 waits behind. */
static const char *offered_by_bob(const char *more)
{
    static struct call_start how;
    how = demanding("", SDP_STRENGTH_MANDATORY);
    assert_false(called(more, NULL));
    ring(180, how.media);
    const char *early = rig_peer_next(&r, "SIP/2.0 183");
    assert_true(rig_has(early, "m=audio 4000 "));
    assert_true(rig_has(early, THEIRS_THERE "a=conf:qos remote sendrecv\r\n"));
    assert_true(rig_has(early, "\r\nRequire: precondition\r\n"));
    return early;
}

#define KNOWN_LATER "Supported: 100rel, precondition\r\nAllow: PRACK, UPDATE\r\n"

/* RFC 3312 13.3, figure 5, seen from B. */
static void who_is_called_offers_and_waits(void **state)
{
    (void)state;
    const char *early = offered_by_bob(KNOWN_LATER);
    prack(early, 2, rig_sdp(6000, NOTHING_THERE));
    rig_expect_none(&r, BOB);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 180"), 0);
    rig_peer_request(&r, BOB, "UPDATE", early, 3, "", rig_sdp(6000, THEIRS_THERE));
    const char *answer = rig_peer_next(&r, "SIP/2.0 200");
    assert_true(rig_has(answer, "a=curr:qos local sendrecv\r\n"));
    assert_true(rig_has(answer, "a=curr:qos remote sendrecv\r\n"));
    resumed();
    prack(rig_peer_next(&r, "SIP/2.0 180"), 4, "");
    finish(5);
}

/* … but not where the answer has it all. */
static void what_the_answer_says_to_be_there_is_not_waited_for(void **state)
{
    (void)state;
    const char *early = offered_by_bob(KNOWN_LATER);
    assert_int_equal(call_answer(ua(BOB), bob, NULL, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 0);
    prack(early, 2, rig_sdp(6000, ALL_THERE));
    resumed();
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_true(rig_has(ok, "CSeq: 1 INVITE"));
    assert_false(rig_has(ok, "v=0"));
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_peer_request(&r, BOB, "BYE", ok, 3, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

/* RFC 3312 8 */
static void an_answer_that_asks_for_the_impossible_ends_the_call(void **state)
{
    (void)state;
    const char *early = offered_by_bob(KNOWN_LATER);
    prack(early, 2, rig_sdp(6000, ALL_THERE "a=des:foo mandatory e2e sendrecv\r\n"));
    assert_int_equal(rig_expect_end(&r, BOB, CALL_END_NO_AGREEMENT)->ev.status, 580);
    rig_peer_next(&r, "SIP/2.0 580");
    rig_end(&r);
}

/* RFC 3312 11: the call is as it was. */
static void who_knows_no_preconditions_is_not_asked_for_them(void **state)
{
    (void)state;
    static const char *const knows[] = {"", "Supported: precondition\r\n", "Supported: 100rel\r\n"};
    for (size_t i = 0; i < sizeof knows / sizeof *knows; i++) {
        struct call_start how = demanding("", SDP_STRENGTH_MANDATORY);
        const struct call_ring early = {.status = 183, .media = how.media};
        assert_false(called(knows[i], NULL));
        assert_int_equal(call_ring(ua(BOB), bob, &early, r.now), ERR_INVALID);
        assert_int_equal(call_answer(ua(BOB), bob, how.media, r.now), ERR_INVALID);
        assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
        rig_pass(&r, 20 * MS);
        const char *ok = rig_peer_next(&r, "SIP/2.0 200");
        assert_false(rig_has(ok, "qos"));
        rig_peer_request(&r, BOB, "ACK", ok, 1, "", rig_sdp(6000, ""));
        rig_expect(&r, BOB, UA_CALL_MEDIA);
        rig_expect(&r, BOB, UA_CALL_CONFIRMED);
        rig_peer_request(&r, BOB, "BYE", ok, 2, "", "");
        rig_expect_end(&r, BOB, CALL_END_BYE);
        rig_end(&r);
    }
}

/* Alice and Bob are ours: everything is there with the PRACK. */
static void both_sides_of_a_late_offer_are_ours(void **state)
{
    (void)state;
    rig_new(&r);
    const struct call_start how = {.account = r.side[ALICE].account,
                                   .target = STR("sip:bob@192.0.2.2"),
                                   .media = rig_media(5000),
                                   .offer_later = true};
    struct call_start demands = demanding("", SDP_STRENGTH_MANDATORY);
    assert_int_equal(call_start(ua(ALICE), &how, r.now, &alice), OK);
    rig_pass(&r, 50 * MS);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(ua(BOB), bob, demands.media, r.now), OK);
    rig_pass(&r, 100 * MS);
    const char *answer = rig_last(&r, ALICE, "PRACK ");
    assert_true(rig_has(answer, "a=curr:qos local sendrecv\r\n"));
    assert_true(rig_has(answer, "a=curr:qos remote sendrecv\r\n"));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_RESUMED);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_end(&r);
}

/* The peer's side of a suspended call, whatever comes of it at Bob, whose offer it may be. */
static void play(bool his)
{
    const struct call_start demands = demanding("", SDP_STRENGTH_MANDATORY);
    const struct call_ring how = {.status = 180, .media = his ? demands.media : rig_media(5000)};
    rig_peer_invite(&r, "peer-1", his ? KNOWN_LATER : KNOWN,
                    his ? "" : rig_sdp(6000, NOTHING_THERE));
    bob = call_next(ua(BOB), 0);
    (void)!call_ring(ua(BOB), bob, &how, r.now);
    rig_pass(&r, SECOND);
    if (rig_count(&r, BOB, "SIP/2.0 183") == 0)
        return;
    const char *early = rig_last(&r, BOB, "SIP/2.0 183");
    char rack[64];
    snprintf(rack, sizeof rack, "RAck: %s 1 INVITE\r\n", rig_value(early, "RSeq"));
    rig_peer_request(&r, BOB, "PRACK", early, 2, rack, his ? rig_sdp(6000, NOTHING_THERE) : "");
    (void)!call_answer(ua(BOB), bob, NULL, r.now);
    rig_peer_request(&r, BOB, "UPDATE", early, 3, "", rig_sdp(6000, THEIRS_THERE));
    rig_pass(&r, 2 * SECOND);
    rig_peer_request(&r, BOB, "ACK", early, 1, "", "");
    rig_peer_request(&r, BOB, "BYE", early, 4, "", "");
}

static void fail_each_request_for_memory(bool his)
{
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        rig_new(&r);
        r.side[BOB].mem.refuse_one = n;
        play(his);
        failed = r.side[BOB].mem.refuse_one == 0;
        r.side[BOB].mem.refuse_one = 0;
        for (ua_call call; (call = call_next(ua(BOB), 0)) != 0;)
            assert_int_equal(call_end(ua(BOB), call, STR_NONE, r.now), OK);
        rig_end(&r);
    }
}

static void no_memory_does_no_harm(void **state)
{
    (void)state;
    fail_each_request_for_memory(false);
    fail_each_request_for_memory(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_to_end_status_is_confirmed_by_update),
        cmocka_unit_test(segments_that_are_there_suspend_nothing),
        cmocka_unit_test(an_offer_in_a_response_is_answered_with_what_is_there),
        cmocka_unit_test(a_confirmation_that_is_asked_for_goes),
        cmocka_unit_test(an_answer_waits_for_what_the_caller_reserves),
        cmocka_unit_test(a_prack_may_bring_what_was_missing),
        cmocka_unit_test(what_is_not_mandatory_suspends_nothing),
        cmocka_unit_test(a_type_that_is_not_known),
        cmocka_unit_test(what_cannot_be_met_is_refused),
        cmocka_unit_test(a_caller_gives_up_what_cannot_be_met),
        cmocka_unit_test(who_is_called_offers_and_waits),
        cmocka_unit_test(what_the_answer_says_to_be_there_is_not_waited_for),
        cmocka_unit_test(an_answer_that_asks_for_the_impossible_ends_the_call),
        cmocka_unit_test(who_knows_no_preconditions_is_not_asked_for_them),
        cmocka_unit_test(both_sides_of_a_late_offer_are_ours),
        cmocka_unit_test(no_memory_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
