/* INVITEs that are to take the place of a dialog, or to join one (RFC 3891 3, RFC 3911 4); and
 * REFERs outside of dialogs that name one (RFC 4538, RFC 7647). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "ua/transfer.h"

static struct rig r;

/* The dialog of a call of Bob's, as its other side would name it to him. */
static const char *named(ua_call bob, const char *header, const char *more)
{
    static char line[512];
    struct call_view v;
    assert_int_equal(call_look(r.side[BOB].ua, bob, &v), OK);
    snprintf(line, sizeof line, "%s: %.*s;to-tag=%.*s;from-tag=%.*s%s\r\n", header,
             STR_ARG(v.call_id), STR_ARG(v.local_tag), STR_ARG(v.remote_tag), more);
    return line;
}

/* What Bob says to such an INVITE of the peer's at once; "" where he asks his user. */
static const char *verdict_on(const char *headers)
{
    static unsigned serial;
    char call_id[32];
    snprintf(call_id, sizeof call_id, "r%u", serial++);
    size_t before = rig_count(&r, BOB, "SIP/2.0 ");
    const char *invite = rig_peer_invite(&r, call_id, headers, rig_sdp(5000, ""));
    if (rig_count(&r, BOB, "SIP/2.0 ") == before)
        return "";
    const char *verdict = rig_last(&r, BOB, "SIP/2.0 ");
    rig_pass(&r, 10 * MS);
    rig_peer_request(&r, BOB, "ACK", verdict, 1, "", "");
    (void)invite;
    return verdict;
}

static void expect_verdict(const char *headers, const char *start)
{
    const char *verdict = verdict_on(headers);
    if (strncmp(verdict, start, strlen(start)) != 0)
        fail_msg("%s: %.40s in place of %s", headers, verdict, start);
}

static void hang_up(enum rig_who who, ua_call call)
{
    assert_int_equal(call_end(r.side[who].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, who, CALL_END_HUNG_UP);
}

static void what_names_no_call_is_refused(void **state)
{
    (void)state;
    ua_call alice, bob;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    expect_verdict("Replaces: none;to-tag=1;from-tag=2\r\n", "SIP/2.0 481 ");
    expect_verdict("Join: none;to-tag=1;from-tag=2\r\n", "SIP/2.0 481 ");
    expect_verdict("Replaces: none;to-tag=1\r\n", "SIP/2.0 400 ");
    expect_verdict("Replaces: none;to-tag=1;from-tag=2\r\nReplaces: n;to-tag=1;from-tag=2\r\n",
                   "SIP/2.0 400 ");
    expect_verdict("Replaces: none;to-tag=1;from-tag=2\r\nJoin: none;to-tag=1;from-tag=2\r\n",
                   "SIP/2.0 400 ");
    expect_verdict(named(bob, "Replaces", ";early-only"), "SIP/2.0 486 ");
    expect_verdict("Require: replaces, no-such-thing\r\n", "SIP/2.0 420 ");
    rig_expect_none(&r, BOB);
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* RFC 3891 3: what has just ended is not replaced any more. */
static void a_call_that_is_over_is_not_replaced(void **state)
{
    (void)state;
    ua_call bob, alice;
    char line[512];
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    snprintf(line, sizeof line, "%s", named(bob, "Replaces", ""));
    r.lose = "SIP/2.0 200";
    r.n_lose = 2;
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR_NONE, r.now), OK);
    expect_verdict(line, "SIP/2.0 603 ");
    rig_pass(&r, 5 * SECOND);
    rig_expect_end(&r, BOB, CALL_END_HUNG_UP);
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* RFC 3891 3: declined, the old call is as it was. */
static void a_refusal_leaves_the_call(void **state)
{
    (void)state;
    ua_call bob, alice;
    struct call_view v;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_string_equal(verdict_on(named(bob, "Replaces", "")), "");
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_INCOMING);
    assert_int_equal(e->ev.replaced, bob);
    assert_int_equal(e->ev.joined, 0);
    assert_int_equal(call_refuse(r.side[BOB].ua, e->ev.call, 603, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US);
    rig_peer_request(&r, BOB, "ACK", rig_last(&r, BOB, "SIP/2.0 603"), 1, "", "");
    assert_int_equal(call_look(r.side[BOB].ua, bob, &v), OK);
    assert_int_equal(v.state, CALL_CONFIRMED);
    rig_expect_none(&r, ALICE);
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* RFC 3891 3, 7.1: an early dialog is replaced only by who was called, and gets CANCEL. */
static void an_early_dialog_of_ours_is_cancelled(void **state)
{
    (void)state;
    rig_new(&r);
    ua_call alice = rig_call(&r, NULL);
    rig_pass(&r, 20 * MS);
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct call_ring ring = {.status = 180};
    assert_int_equal(call_ring(r.side[BOB].ua, bob, &ring, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect(&r, ALICE, UA_CALL_PROGRESS);
    expect_verdict(named(bob, "Replaces", ""), "SIP/2.0 481 ");
    /* Bob's phone rings; the peer picks it up: it calls Alice in its place */
    const char *ringing = rig_last(&r, BOB, "SIP/2.0 180");
    char invite[2048];
    snprintf(
        invite, sizeof invite,
        "INVITE sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKq\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:peer@192.0.2.9>;tag=q\r\nTo: <sip:alice@192.0.2.1>\r\n"
        "Call-ID: pickup\r\nCSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.9>\r\nRequire: "
        "replaces\r\n"
        "Replaces: %s;from-tag=%s;to-tag=%s;early-only\r\nContent-Type: application/sdp\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        rig_value(ringing, "Call-ID"), strstr(rig_value(ringing, "To"), "tag=") + 4,
        strstr(rig_value(ringing, "From"), "tag=") + 4, strlen(rig_sdp(5000, "")),
        rig_sdp(5000, ""));
    rig_peer_send(&r, ALICE, invite);
    const struct rig_event *e = rig_expect(&r, ALICE, UA_CALL_INCOMING);
    assert_int_equal(e->ev.replaced, alice);
    ua_call next = e->ev.call;
    assert_int_equal(call_answer(r.side[ALICE].ua, next, rig_media(4000), r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect_end(&r, ALICE, CALL_END_REPLACED);
    rig_expect_end(&r, BOB, CALL_END_CANCELLED);
    rig_peer_request(&r, ALICE, "ACK", rig_last(&r, ALICE, "SIP/2.0 200 OK"), 1, "", "");
    rig_expect(&r, ALICE, UA_CALL_CONFIRMED);
    hang_up(ALICE, next);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 3911 4: the call that is joined goes on. */
static void a_call_is_joined(void **state)
{
    (void)state;
    ua_call bob, alice;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_string_equal(verdict_on(named(bob, "Join", "")), "");
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_INCOMING);
    assert_int_equal(e->ev.joined, bob);
    assert_int_equal(e->ev.replaced, 0);
    ua_call third = e->ev.call;
    assert_int_equal(call_answer(r.side[BOB].ua, third, rig_media(7000), r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_request(&r, BOB, "ACK", rig_last(&r, BOB, "SIP/2.0 200 OK"), 1, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    rig_expect_none(&r, ALICE);
    hang_up(BOB, third);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 200, "", "", "");
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* --- REFER outside of dialogs --- */
static const char *outside_refer(const char *headers)
{
    static char text[1024];
    static unsigned serial;
    unsigned n = serial++;
    snprintf(
        text, sizeof text,
        "REFER sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKo%u\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:peer@192.0.2.9>;tag=o\r\nTo: <sip:bob@192.0.2.2>\r\n"
        "Call-ID: outside%u\r\nCSeq: 1 REFER\r\nContact: <sip:peer@192.0.2.9>\r\n"
        "Refer-To: <sip:carol@192.0.2.3>\r\n%sContent-Length: 0\r\n\r\n",
        n, n, headers);
    rig_peer_send(&r, BOB, text);
    return text;
}

static void a_refer_outside_of_calls_names_one_or_none(void **state)
{
    (void)state;
    ua_call bob, alice;
    char line[512];
    struct call_view v;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    outside_refer("");
    const struct rig_event *e = rig_expect(&r, BOB, UA_REFERRED);
    assert_int_equal(e->ev.call, 0);
    assert_int_equal(e->ev.account, r.side[BOB].account);
    assert_int_equal(referral_refuse(r.side[BOB].ua, e->ev.referral, 403, r.now), OK);
    assert_int_equal(call_look(r.side[BOB].ua, bob, &v), OK);
    snprintf(line, sizeof line,
             "Require: tdialog\r\nTarget-Dialog: %.*s;local-tag=%.*s;remote-tag=%.*s\r\n",
             STR_ARG(v.call_id), STR_ARG(v.local_tag), STR_ARG(v.remote_tag));
    outside_refer(line);
    e = rig_expect(&r, BOB, UA_REFERRED);
    assert_int_equal(e->ev.call, bob);
    assert_int_equal(referral_refuse(r.side[BOB].ua, e->ev.referral, 603, r.now), OK);
    hang_up(ALICE, alice);
    rig_end(&r);
}

/* RFC 3515 2.4.4: reports outside of calls have a dialog of their own; who wants none says 481. */
static void reports_outside_of_calls_have_their_own_dialog(void **state)
{
    (void)state;
    ua_call call;
    rig_new(&r);
    outside_refer("");
    const struct rig_event *e = rig_expect(&r, BOB, UA_REFERRED);
    assert_int_equal(referral_accept(r.side[BOB].ua, e->ev.referral, rig_media(7000), r.now, &call),
                     OK);
    rig_pass(&r, 20 * MS);
    const char *notify = rig_peer_next(&r, "NOTIFY ");
    assert_string_equal(rig_value(notify, "Event"), "refer");
    assert_true(rig_has(notify, "\r\n\r\nSIP/2.0 100 Trying\r\n"));
    rig_peer_answer(&r, BOB, notify, 481, "", "", "");
    ua_call carol = rig_expect(&r, CAROL, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_refuse(r.side[CAROL].ua, carol, 486, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, BOB, "NOTIFY "), 1);
    rig_expect_end(&r, BOB, CALL_END_REFUSED);
    rig_end(&r);
}

/* Alice transfers a peer that has a GRUU, and says this of itself, to Carol. */
static const char *refer_to_gruu(const char *headers, ua_call *alice, const char **invite)
{
    ua_transfer transfer;
    rig_new(&r);
    *alice = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 50 * MS);
    *invite = rig_peer_next(&r, "INVITE ");
    r.peer_contact = "<sip:peer@192.0.2.9;gr=1>";
    rig_peer_answer(&r, ALICE, *invite, 200, "p", headers, rig_sdp(5000, ""));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    const struct transfer_start s = {.call = *alice, .target = STR("sip:carol@192.0.2.3")};
    assert_int_equal(transfer_start(r.side[ALICE].ua, &s, r.now, &transfer), OK);
    rig_pass(&r, 20 * MS);
    return rig_peer_next(&r, "REFER sip:peer@192.0.2.9;gr=1 ");
}

/* RFC 7647 4: a peer with a GRUU gets no REFER in the call's dialog. */
static void a_gruu_is_referred_outside(void **state)
{
    (void)state;
    ua_call alice;
    const char *invite;
    const char *refer = refer_to_gruu("Supported: tdialog\r\n", &alice, &invite);
    assert_null(strstr(rig_value(refer, "To"), ";tag="));
    char target[256];
    snprintf(target, sizeof target, "%s;local-tag=p;remote-tag=%s", rig_value(invite, "Call-ID"),
             strstr(rig_value(invite, "From"), "tag=") + 4);
    assert_string_equal(rig_value(refer, "Target-Dialog"), target);
    /* the NOTIFY comes before the answer, and makes the dialog */
    rig_peer_notify(&r, ALICE, refer, "n", 1,
                    "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\n",
                    "SIP/2.0 200 OK\r\n");
    rig_peer_answer(&r, ALICE, refer, 200, "n", "", "");
    const struct rig_event *e = rig_expect(&r, ALICE, UA_TRANSFER_ENDED);
    assert_int_equal(e->ev.status, 200);
    assert_int_equal(e->ev.call, alice);
    hang_up(ALICE, alice);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 5589 5: one that does not know Target-Dialog gets it there all the same. */
static void a_gruu_without_target_dialog_is_referred_inside(void **state)
{
    (void)state;
    ua_call alice;
    const char *invite;
    const char *refer = refer_to_gruu("Supported: replaces, gruu\r\n", &alice, &invite);
    assert_non_null(strstr(rig_value(refer, "To"), ";tag=p"));
    assert_string_equal(rig_value(refer, "Call-ID"), rig_value(invite, "Call-ID"));
    assert_false(rig_has(refer, "\r\nTarget-Dialog: "));
    rig_peer_answer(&r, ALICE, refer, 603, "p", "", "");
    assert_int_equal(rig_expect(&r, ALICE, UA_TRANSFER_ENDED)->ev.status, 603);
    hang_up(ALICE, alice);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_names_no_call_is_refused),
        cmocka_unit_test(a_call_that_is_over_is_not_replaced),
        cmocka_unit_test(a_refusal_leaves_the_call),
        cmocka_unit_test(an_early_dialog_of_ours_is_cancelled),
        cmocka_unit_test(a_call_is_joined),
        cmocka_unit_test(a_refer_outside_of_calls_names_one_or_none),
        cmocka_unit_test(reports_outside_of_calls_have_their_own_dialog),
        cmocka_unit_test(a_gruu_is_referred_outside),
        cmocka_unit_test(a_gruu_without_target_dialog_is_referred_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
