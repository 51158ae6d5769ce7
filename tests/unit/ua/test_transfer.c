/* Transfers among three: blind and attended, both sides (RFC 3515, RFC 5589; RFC 5359 2.4, 2.5). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "ua/transfer.h"

static struct rig r;

static ua_transfer refer(ua_call call, const char *target)
{
    ua_transfer transfer;
    const struct transfer_start s = {.call = call, .target = str_from(target)};
    assert_int_equal(transfer_start(r.side[ALICE].ua, &s, r.now, &transfer), OK);
    rig_pass(&r, 50 * MS);
    return transfer;
}

static ua_call accept_referral(enum rig_who who, ua_referral referral)
{
    ua_call call;
    assert_int_equal(referral_accept(r.side[who].ua, referral, rig_media(6000), r.now, &call), OK);
    rig_pass(&r, 50 * MS);
    return call;
}

static void hang_up(enum rig_who who, ua_call call)
{
    assert_int_equal(call_end(r.side[who].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, who, CALL_END_HUNG_UP);
}

/* Alice talks with Bob and hears that he calls Carol, who rings. */
static ua_call transfer_to_carol(ua_call alice, ua_call bob, ua_transfer *transfer,
                                 ua_call *bobs_new)
{
    *transfer = refer(alice, "sip:carol@192.0.2.3");
    const struct rig_event *referred = rig_expect(&r, BOB, UA_REFERRED);
    assert_int_equal(referred->ev.call, bob);
    *bobs_new = accept_referral(BOB, referred->ev.referral);
    ua_call carol = rig_expect(&r, CAROL, UA_CALL_INCOMING)->ev.call;
    const struct call_ring ring = {.status = 180};
    assert_int_equal(call_ring(r.side[CAROL].ua, carol, &ring, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, BOB, UA_CALL_PROGRESS);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS)->ev.status, 100);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS)->ev.status, 180);
    return carol;
}

static void answer(enum rig_who who, ua_call call)
{
    assert_int_equal(call_answer(r.side[who].ua, call, rig_media(7000), r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, who, UA_CALL_MEDIA);
    rig_expect(&r, who, UA_CALL_CONFIRMED);
}

/* RFC 5589 6.1, RFC 3515 4.1: message by message. */
static void a_blind_transfer_is_made_and_told(void **state)
{
    (void)state;
    ua_call alice, bob, carol, next;
    ua_transfer transfer;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    carol = transfer_to_carol(alice, bob, &transfer, &next);
    const char *request = rig_last(&r, ALICE, "REFER ");
    assert_string_equal(rig_value(request, "Refer-To"), "<sip:carol@192.0.2.3>");
    assert_string_equal(rig_value(request, "Referred-By"), "\"Alice\" <sip:alice@example.com>");
    const char *invite = rig_last(&r, BOB, "INVITE ");
    assert_string_equal(rig_value(invite, "Referred-By"), "\"Alice\" <sip:alice@example.com>");
    answer(CAROL, carol);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_ANSWERED);
    const struct rig_event *end = rig_expect(&r, ALICE, UA_TRANSFER_ENDED);
    assert_int_equal(end->ev.status, 200);
    assert_int_equal(end->ev.transfer, transfer);
    assert_int_equal(end->ev.call, alice);
    const char *last = rig_last(&r, BOB, "NOTIFY ");
    assert_true(rig_has(last, "\r\nEvent: refer;id=2\r\n"));
    assert_string_equal(rig_value(last, "Subscription-State"), "terminated;reason=noresource");
    assert_true(rig_has(last, "\r\nContent-Type: message/sipfrag;version=2.0\r\n"));
    assert_true(rig_has(last, "\r\n\r\nSIP/2.0 200 OK\r\n"));
    assert_int_equal(rig_count(&r, BOB, "NOTIFY "), 3);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 202"), 0); /* RFC 7647 5 */
    hang_up(ALICE, alice);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    hang_up(BOB, next);
    rig_expect_end(&r, CAROL, CALL_END_BYE);
    rig_end(&r);
}

/* RFC 5589 6.2: the transferor does not wait; its dialog goes on bearing the reports. */
static void the_end_of_the_call_does_not_end_the_reports(void **state)
{
    (void)state;
    ua_call alice, bob, carol, next;
    ua_transfer transfer;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    carol = transfer_to_carol(alice, bob, &transfer, &next);
    hang_up(ALICE, alice);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_pass(&r, 40 * SECOND);
    answer(CAROL, carol);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 200);
    assert_int_equal(rig_count(&r, ALICE, "SIP/2.0 481"), 0);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_ANSWERED);
    hang_up(CAROL, carol);
    rig_end(&r);
}

/* RFC 5589 6.3: the first call is as it was, and is resumed. */
static void a_transfer_that_fails_leaves_the_call(void **state)
{
    (void)state;
    ua_call alice, bob, carol, next;
    ua_transfer transfer;
    struct call_view view;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_hold(r.side[ALICE].ua, alice, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    carol = transfer_to_carol(alice, bob, &transfer, &next);
    assert_int_equal(call_refuse(r.side[CAROL].ua, carol, 486, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, CAROL, CALL_END_REFUSED_BY_US);
    rig_expect_end(&r, BOB, CALL_END_REFUSED);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 486);
    assert_int_equal(call_hold(r.side[ALICE].ua, alice, false, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(call_look(r.side[ALICE].ua, alice, &view), OK);
    assert_int_equal(view.state, CALL_CONFIRMED);
    assert_false(view.is_held);
    hang_up(ALICE, alice);
    rig_end(&r);
}

static void without_consent_nothing_is_done(void **state)
{
    (void)state;
    ua_call alice, bob;
    struct referral_view view;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    refer(alice, "sip:carol@192.0.2.3?Subject=x&Route=%3Csip:evil%3E");
    ua_referral referral = rig_expect(&r, BOB, UA_REFERRED)->ev.referral;
    assert_int_equal(referral_look(r.side[BOB].ua, referral, &view), OK);
    assert_int_equal(view.call, bob);
    assert_int_equal(view.depth, 1);
    assert_true(str_equal(view.by, STR("\"Alice\" <sip:alice@example.com>")));
    rig_pass(&r, 5 * SECOND);
    rig_expect_none(&r, ALICE);
    assert_int_equal(rig_count(&r, BOB, "INVITE "), 0);
    assert_int_equal(referral_refuse(r.side[BOB].ua, referral, 603, r.now), OK);
    assert_int_equal(referral_refuse(r.side[BOB].ua, referral, 603, r.now), ERR_STALE);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 603);
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* RFC 3515 2.4.6: each by the number of its REFER. */
static void two_transfers_in_one_dialog_are_told_apart(void **state)
{
    (void)state;
    ua_call alice, bob, none;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    ua_transfer first = refer(alice, "sip:carol@192.0.2.3");
    ua_transfer second = refer(alice, "sip:peer@192.0.2.9");
    ua_referral one = rig_expect(&r, BOB, UA_REFERRED)->ev.referral;
    ua_referral two = rig_expect(&r, BOB, UA_REFERRED)->ev.referral;
    accept_referral(BOB, two);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS)->ev.transfer, second);
    none = accept_referral(BOB, one);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS)->ev.transfer, first);
    assert_int_equal(call_end(r.side[BOB].ua, none, STR_NONE, r.now), OK);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 404, "x", "", "");
    rig_pass(&r, 2 * SECOND);
    for (int i = 0; i < 2; i++) {
        const struct rig_event *e = rig_expect(&r, ALICE, UA_TRANSFER_ENDED);
        assert_int_equal(e->ev.status, e->ev.transfer == first ? 487 : 404);
    }
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* RFC 5589 7.3: Carol's phone ends her call with Alice when Bob's comes. */
static void an_attended_transfer_joins_the_two_others(void **state)
{
    (void)state;
    ua_call alice, bob, alices_second, bobs_new;
    ua_transfer transfer;
    struct call_view view;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    alices_second = rig_call(&r, "sip:carol@192.0.2.3");
    rig_pass(&r, 50 * MS);
    ua_call carol = rig_expect(&r, CAROL, UA_CALL_INCOMING)->ev.call;
    answer(CAROL, carol);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(call_look(r.side[CAROL].ua, carol, &view), OK);
    char replaces[256];
    snprintf(replaces, sizeof replaces, "%.*s;to-tag=%.*s;from-tag=%.*s", STR_ARG(view.call_id),
             STR_ARG(view.local_tag), STR_ARG(view.remote_tag));
    const struct transfer_start s = {.call = alice, .consulted = alices_second};
    assert_int_equal(transfer_start(r.side[ALICE].ua, &s, r.now, &transfer), OK);
    rig_pass(&r, 50 * MS);
    bobs_new = accept_referral(BOB, rig_expect(&r, BOB, UA_REFERRED)->ev.referral);
    const char *invite = rig_last(&r, BOB, "INVITE ");
    assert_string_equal(rig_value(invite, "Replaces"), replaces);
    assert_string_equal(rig_value(invite, "Require"), "replaces");
    const struct rig_event *incoming = rig_expect(&r, CAROL, UA_CALL_INCOMING);
    assert_int_equal(incoming->ev.replaced, carol);
    ua_call carols_new = incoming->ev.call;
    assert_int_equal(call_answer(r.side[CAROL].ua, carols_new, rig_media(7000), r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, CAROL, UA_CALL_MEDIA);
    rig_expect_end(&r, CAROL, CALL_END_REPLACED);
    rig_expect(&r, CAROL, UA_CALL_CONFIRMED);
    rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS);
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_BYE)->ev.call, alices_second);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 200);
    hang_up(ALICE, alice);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_ANSWERED);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    hang_up(BOB, bobs_new);
    rig_end(&r);
}

/* RFC 4488: no subscription, and nothing more is heard. */
static void a_quiet_transfer_has_no_reports(void **state)
{
    (void)state;
    ua_call alice, bob;
    ua_transfer transfer;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    const struct transfer_start s = {
        .call = alice, .target = STR("sip:peer@192.0.2.9"), .quiet = true};
    assert_int_equal(transfer_start(r.side[ALICE].ua, &s, r.now, &transfer), OK);
    rig_pass(&r, 50 * MS);
    accept_referral(BOB, rig_expect(&r, BOB, UA_REFERRED)->ev.referral);
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 200"), "\r\nRefer-Sub: false\r\n"));
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 0);
    assert_int_equal(rig_count(&r, BOB, "NOTIFY "), 0);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 486, "x", "", "");
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* Nobody may be kept waiting: no report within 64*T1 of REFER is the end of it. */
static void a_transfer_without_reports_ends(void **state)
{
    (void)state;
    ua_call alice;
    rig_new(&r);
    alice = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 50 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 200, "p", "", rig_sdp(5000, ""));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    refer(alice, "sip:carol@192.0.2.3");
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "REFER "), 202, "", "", "");
    rig_pass(&r, 30 * SECOND);
    rig_expect_none(&r, ALICE);
    rig_pass(&r, 3 * SECOND);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 408);
    assert_int_equal(call_end(r.side[ALICE].ua, alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 3515 2.4.4: reports come for as long as they are subscribed to; the call is not theirs. */
static void the_reports_expire(void **state)
{
    (void)state;
    ua_call alice, bob, carol, next;
    ua_transfer transfer;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    const char *invite = rig_last(&r, ALICE, "INVITE ");
    carol = transfer_to_carol(alice, bob, &transfer, &next);
    /* Alice's phone asks for longer, though Carol rings for ten minutes */
    rig_pass(&r, 290 * SECOND);
    assert_string_equal(rig_value(rig_last(&r, ALICE, "SUBSCRIBE "), "Event"), "refer;id=2");
    assert_true(rig_count(&r, ALICE, "SUBSCRIBE ") == 1);
    rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS);
    assert_non_null(invite);
    answer(CAROL, carol);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 200);
    hang_up(ALICE, alice);
    hang_up(CAROL, carol);
    rig_end(&r);
}

/* --- what must be refused --- */
static const char *bobs_verdict(const char *headers)
{
    static unsigned cseq = 100;
    rig_peer_request(&r, BOB, "REFER", rig_last(&r, BOB, "SIP/2.0 200"), cseq++, headers, "");
    rig_pass(&r, 50 * MS);
    return rig_last(&r, BOB, "SIP/2.0 ");
}

static ua_call peer_talks_to_bob(void)
{
    rig_peer_invite(&r, "refuse", "", rig_sdp(5000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(7000), r.now), OK);
    rig_pass(&r, 10 * MS);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_peer_request(&r, BOB, "ACK", rig_last(&r, BOB, "SIP/2.0 200"), 1, "", "");
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    return bob;
}

static void a_bad_refer_is_refused_clearly(void **state)
{
    (void)state;
    static const struct {
        const char *headers, *verdict;
    } cases[] = {
        {"", "SIP/2.0 400 "},
        {"Refer-To: <sip:a@192.0.2.9>\r\nRefer-To: <sip:b@192.0.2.9>\r\n", "SIP/2.0 400 "},
        {"Refer-To: <sip:a@192.0.2.9>, <sip:b@192.0.2.9>\r\n", "SIP/2.0 400 "},
        {"Refer-To: <sip:>\r\n", "SIP/2.0 400 "},
        {"Refer-To: <http://example.com/>\r\n", "SIP/2.0 416 "},
        {"Refer-To: <sip:a@192.0.2.9;method=BYE>\r\n", "SIP/2.0 501 "},
        {"Refer-To: <sip:a@192.0.2.9?Subject=x%0D%0AVia:%20y>\r\n", "SIP/2.0 400 "},
        {"Refer-To: <sip:a@192.0.2.9>\r\nReplaces: x;to-tag=1;from-tag=2\r\n", "SIP/2.0 400 "},
    };
    rig_new(&r);
    ua_call bob = peer_talks_to_bob();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *verdict = bobs_verdict(cases[i].headers);
        if (strncmp(verdict, cases[i].verdict, strlen(cases[i].verdict)) != 0)
            fail_msg("%s: %.40s", cases[i].headers, verdict);
        rig_expect_none(&r, BOB);
    }
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* A ring of phones that transfer to one another has an end. */
static void transfers_of_transfers_are_bounded(void **state)
{
    (void)state;
    ua_call call;
    rig_new(&r);
    ua_call bob = peer_talks_to_bob();
    bobs_verdict("Refer-To: <sip:next@192.0.2.9>\r\n");
    for (unsigned depth = 1; depth <= LIMIT_UA_REFERRAL_DEPTH; depth++) {
        const struct rig_event *e = rig_expect(&r, BOB, UA_REFERRED);
        struct referral_view view;
        assert_int_equal(referral_look(r.side[BOB].ua, e->ev.referral, &view), OK);
        assert_int_equal(view.depth, depth);
        call = accept_referral(BOB, e->ev.referral);
        rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 200, "z", "", rig_sdp(5000, ""));
        rig_expect(&r, BOB, UA_CALL_MEDIA);
        rig_expect(&r, BOB, UA_CALL_ANSWERED);
        rig_peer_request(&r, BOB, "REFER", rig_last(&r, BOB, "ACK "), 100,
                         "Refer-To: <sip:next@192.0.2.9>\r\n", "");
    }
    rig_expect_none(&r, BOB);
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 "), "SIP/2.0 482 "));
    (void)bob;
    (void)call;
    rig_free(&r);
}

/* --- without memory --- */
/* How many requests for memory `who` has until he is refused; all succeed at last. */
static void starve(enum rig_who who, size_t n)
{
    r.side[who].mem.refuse_after = n;
}

static void transfers_without_memory_leave_everything(void **state)
{
    (void)state;
    ua_call alice, bob, next;
    ua_transfer transfer;
    int err = ERR_NOMEM;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    const struct transfer_start s = {.call = alice, .target = STR("sip:carol@192.0.2.3")};
    for (size_t n = 0; err == ERR_NOMEM; n++) {
        starve(ALICE, n);
        err = transfer_start(r.side[ALICE].ua, &s, r.now, &transfer);
        starve(ALICE, SIZE_MAX);
        if (err)
            assert_int_equal(err, ERR_NOMEM);
    }
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, ALICE, "REFER "), 1);
    ua_referral referral = rig_expect(&r, BOB, UA_REFERRED)->ev.referral;
    err = ERR_NOMEM;
    for (size_t n = 0; err; n++) {
        starve(BOB, n);
        err = referral_accept(r.side[BOB].ua, referral, rig_media(6000), r.now, &next);
        starve(BOB, SIZE_MAX);
        if (err)
            assert_int_equal(err, ERR_NOMEM);
    }
    rig_pass(&r, 2 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "INVITE "), 1);
    rig_expect(&r, ALICE, UA_TRANSFER_PROGRESS);
    rig_expect(&r, CAROL, UA_CALL_INCOMING);
    hang_up(BOB, next);
    rig_pass(&r, 2 * SECOND);
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 487);
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* A REFER that finds no memory is refused, or not heard; nothing of it stays. */
static void a_refer_that_finds_no_memory_is_refused(void **state)
{
    (void)state;
    ua_call alice, bob;
    bool heard = false;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    for (size_t n = 0; !heard; n++) {
        size_t before = r.side[BOB].n_events;
        starve(BOB, n);
        refer(alice, "sip:carol@192.0.2.3");
        starve(BOB, SIZE_MAX);
        heard = r.side[BOB].n_events > before;
        if (!heard) {
            rig_pass(&r, 40 * SECOND);
            heard = r.side[BOB].n_events > before;
        }
        if (!heard)
            assert_true(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status >= 400);
    }
    ua_referral referral = rig_expect(&r, BOB, UA_REFERRED)->ev.referral;
    assert_int_equal(referral_refuse(r.side[BOB].ua, referral, 603, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_TRANSFER_ENDED);
    hang_up(ALICE, alice);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blind_transfer_is_made_and_told),
        cmocka_unit_test(the_end_of_the_call_does_not_end_the_reports),
        cmocka_unit_test(a_transfer_that_fails_leaves_the_call),
        cmocka_unit_test(without_consent_nothing_is_done),
        cmocka_unit_test(two_transfers_in_one_dialog_are_told_apart),
        cmocka_unit_test(an_attended_transfer_joins_the_two_others),
        cmocka_unit_test(a_quiet_transfer_has_no_reports),
        cmocka_unit_test(a_transfer_without_reports_ends),
        cmocka_unit_test(the_reports_expire),
        cmocka_unit_test(a_bad_refer_is_refused_clearly),
        cmocka_unit_test(transfers_of_transfers_are_bounded),
        cmocka_unit_test(transfers_without_memory_leave_everything),
        cmocka_unit_test(a_refer_that_finds_no_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
