/* What a user agent refuses whatever it is about, what it says of itself, and how a call of theirs
 * is refused or redirected (RFC 3261 8.2, 11, 13.3.1, 9.2). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;

static void send_outside(const char *method, const char *uri, const char *more)
{
    static unsigned serial;
    char text[2048];
    snprintf(
        text, sizeof text,
        "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKo%u\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:peer@example.com>;tag=p1\r\nTo: <sip:bob@192.0.2.2>%s\r\n"
        "Call-ID: out-%u\r\nCSeq: 1 %s\r\n%sContent-Length: 0\r\n\r\n",
        method, uri, serial, strcmp(method, "BYE") == 0 ? ";tag=gone" : "", serial, method, more);
    serial++;
    rig_peer_send(&r, BOB, text);
    rig_pass(&r, 20 * MS);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *method, *uri, *more, *answer, *has;
    } cases[] = {
        {"FROB", "sip:bob@192.0.2.2", "", "SIP/2.0 501", "\r\nAllow: INVITE"},
        {"REGISTER", "sip:bob@192.0.2.2", "", "SIP/2.0 405", "\r\nAllow: INVITE"},
        {"PUBLISH", "sip:bob@192.0.2.2", "", "SIP/2.0 405", "\r\nAllow: INVITE"},
        {"INVITE", "http://192.0.2.2/", "", "SIP/2.0 416", ""},
        {"INVITE", "sip:bob@192.0.2.2", "Require: precondition, 100rel, foo, bar\r\n",
         "SIP/2.0 420", "\r\nUnsupported: foo, bar\r\n"},
        {"BYE", "sip:bob@192.0.2.2", "", "SIP/2.0 481", ""},
        {"PRACK", "sip:bob@192.0.2.2", "RAck: 1 1 INVITE\r\n", "SIP/2.0 481", ""},
        {"UPDATE", "sip:bob@192.0.2.2", "", "SIP/2.0 481", ""},
        {"CANCEL", "sip:bob@192.0.2.2", "", "SIP/2.0 481", ""},
        {"OPTIONS", "sip:bob@192.0.2.2", "", "SIP/2.0 200", "\r\nAccept: application/sdp\r\n"},
    };
    rig_new(&r);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send_outside(cases[i].method, cases[i].uri, cases[i].more);
        assert_true(rig_has(rig_peer_next(&r, cases[i].answer), cases[i].has));
    }
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* RFC 3261 11.2, RFC 3264 9 */
static void options_are_told_what_we_can_do(void **state)
{
    (void)state;
    rig_new(&r);
    assert_int_equal(ua_describe(r.side[BOB].ua, rig_media(5000)), OK);
    send_outside("OPTIONS", "sip:bob@192.0.2.2", "");
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_true(rig_has(ok, "\r\nSupported: 100rel, timer, "));
    assert_true(rig_has(ok, "\r\nContent-Type: application/sdp\r\n"));
    assert_true(rig_has(ok, "m=audio 0 RTP/AVP 0 8 101\r\n"));
    /* RFC 3312 12 */
    assert_true(rig_has(rig_value(ok, "Supported"), "precondition"));
    assert_true(rig_has(ok, "a=des:qos none local sendrecv\r\n"));
    rig_end(&r);
}

/* RFC 3261 8.2.2.2 */
static void a_request_that_comes_by_two_ways_is_merged(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "same", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    rig_peer_invite(&r, "same", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "SIP/2.0 482");
    rig_expect_none(&r, BOB);
    assert_int_equal(call_refuse(r.side[BOB].ua, bob, 486, STR_NONE, r.now), OK);
    rig_end(&r);
}

static void a_message_is_for_the_application(void **state)
{
    (void)state;
    rig_new(&r);
    send_outside("MESSAGE", "sip:bob@192.0.2.2", "");
    const struct rig_event *e = rig_expect(&r, BOB, UA_REQUEST);
    assert_int_equal(e->ev.account, r.side[BOB].account);
    const struct reply reply = {.status = 202};
    assert_int_equal(ua_reply(r.side[BOB].ua, e->ev.tx, &reply, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "SIP/2.0 202");
    rig_end(&r);
}

static void a_cancelled_call_gets_487(void **state)
{
    (void)state;
    char cancel[2048];
    rig_new(&r);
    const char *invite = rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    snprintf(cancel, sizeof cancel,
             "CANCEL sip:bob@192.0.2.2 SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\nFrom: %s\r\n"
             "To: %s\r\nCall-ID: peer-1\r\nCSeq: 1 CANCEL\r\n"
             "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\nContent-Length: 0\r\n\r\n",
             rig_value(invite, "Via"), rig_value(invite, "From"), rig_value(invite, "To"));
    rig_peer_send(&r, BOB, cancel);
    assert_true(rig_has(rig_expect_end(&r, BOB, CALL_END_CANCELLED)->text, "completed elsewhere"));
    rig_pass(&r, 20 * MS);
    /* RFC 3261 9.2: of one tag */
    const char *ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_string_equal(rig_value(ok, "To"), rig_value(rig_peer_next(&r, "SIP/2.0 487"), "To"));
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), ERR_STALE);
    rig_end(&r);
}

static void a_call_is_redirected(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    const struct str uris[] = {STR("sip:a@example.com"), STR("sip:b@example.com")};
    assert_int_equal(call_redirect(r.side[BOB].ua, bob, 302, uris, 0, r.now), ERR_INVALID);
    assert_int_equal(call_redirect(r.side[BOB].ua, bob, 302, uris, 2, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 302"),
                        "Contact: <sip:a@example.com>;q=1\r\nContact: <sip:b@example.com>;q=0.9"));
    rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US);
    rig_end(&r);
}

/* RFC 3261 13.3.1.4: T1, doubled up to T2, for 64*T1; then BYE. */
static void a_2xx_without_ack_is_the_end(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 31 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 10);
    rig_pass(&r, 2 * SECOND);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect_end(&r, BOB, CALL_END_NO_ACK);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 3261 15: no BYE before the ACK. */
static void who_hangs_up_at_once_waits_for_the_ack(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR("Q.850;cause=16"), r.now), OK);
    rig_pass(&r, 2 * SECOND);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect_end(&r, BOB, CALL_END_HUNG_UP);
    assert_int_equal(rig_count(&r, BOB, "BYE "), 0);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 200"), 3);
    rig_peer_request(&r, BOB, "ACK", rig_peer_next(&r, "SIP/2.0 200"), 1, "", "");
    rig_pass(&r, 20 * MS);
    const char *bye = rig_peer_next(&r, "BYE ");
    assert_true(rig_has(bye, "\r\nReason: Q.850;cause=16\r\n"));
    rig_peer_answer(&r, BOB, bye, 200, "", "", "");
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* RFC 3261 13.3.1.4, 17.2.1: nothing of the application's is needed for the ACK to a refusal. */
static void limits_are_busy(void **state)
{
    (void)state;
    rig_config(&r);
    r.config.max_calls = 1;
    rig_start(&r);
    rig_peer_invite(&r, "peer-1", "", rig_sdp(6000, ""));
    ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    rig_peer_invite(&r, "peer-2", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "SIP/2.0 486");
    rig_expect_none(&r, BOB);
    assert_int_equal(call_refuse(r.side[BOB].ua, bob, 480, STR("Retry-After: 9\r\n"), r.now), OK);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_is_refused),
        cmocka_unit_test(options_are_told_what_we_can_do),
        cmocka_unit_test(a_request_that_comes_by_two_ways_is_merged),
        cmocka_unit_test(a_message_is_for_the_application),
        cmocka_unit_test(a_cancelled_call_gets_487),
        cmocka_unit_test(a_call_is_redirected),
        cmocka_unit_test(a_2xx_without_ack_is_the_end),
        cmocka_unit_test(who_hangs_up_at_once_waits_for_the_ack),
        cmocka_unit_test(limits_are_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
