/* What an INVITE of ours does with a failure that can be mended (RFC 3261 8.1.3, 22; RFC 4028 7.3).
 */
#include "rig.h"

#include <string.h>

static struct rig r;
static ua_call call;

static const char *call_with(const char *password, unsigned session_s)
{
    rig_config(&r);
    r.password = password;
    r.config.session_s = session_s;
    rig_start(&r);
    call = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 20 * MS);
    return rig_peer_next(&r, "INVITE ");
}

static const char *call_the_peer(const char *password)
{
    return call_with(password, 600);
}

static const char *again(const char *invite, unsigned status, const char *more)
{
    rig_peer_answer(&r, ALICE, invite, status, "f", more, "");
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    return rig_peer_next(&r, "INVITE ");
}

static void end_answered(const char *invite)
{
    rig_peer_answer(&r, ALICE, invite, 200, "z", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

static void the_strongest_digest_answers_a_challenge(void **state)
{
    (void)state;
    const char *invite = call_the_peer("secret");
    assert_string_equal(rig_value(invite, "Authorization"), "");
    const char *next =
        again(invite, 401,
              "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\", qop=\"auth\"\r\n"
              "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n2\", qop=\"auth\", "
              "algorithm=SHA-256\r\n");
    assert_true(rig_has(rig_value(next, "Authorization"), "algorithm=SHA-256"));
    assert_string_equal(rig_value(next, "CSeq"), "2 INVITE");
    assert_string_equal(rig_value(next, "Call-ID"), rig_value(invite, "Call-ID"));
    assert_string_equal(rig_value(next, "From"), rig_value(invite, "From"));
    /* RFC 3261 13.2.2.4: the ACK has the INVITE's credentials. */
    rig_peer_answer(&r, ALICE, next, 200, "z", "", rig_sdp(6000, ""));
    rig_pass(&r, 20 * MS);
    const char *ack = rig_peer_next(&r, "ACK ");
    assert_string_equal(rig_value(ack, "Authorization"), rig_value(next, "Authorization"));
    end_answered(next);
}

static void a_wrong_password_is_told(void **state)
{
    (void)state;
    const char *challenge = "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"n1\"\r\n";
    const char *next = again(call_the_peer("wrong"), 407, challenge);
    rig_peer_answer(&r, ALICE, next, 407, "g", challenge, "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 407);
    rig_end(&r);
}

static void without_a_password_a_challenge_is_final(void **state)
{
    (void)state;
    rig_peer_answer(&r, ALICE, call_the_peer(""), 401, "f",
                    "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\"\r\n", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 401);
    rig_end(&r);
}

/* RFC 3261 8.1.3.4: the best q first; one that was asked is not asked again. */
static void contacts_of_a_3xx_are_tried_in_order(void **state)
{
    (void)state;
    const char *invite = call_the_peer("");
    const char *next = again(invite, 302,
                             "Contact: <sip:low@192.0.2.9>;q=0.2, <sip:best@192.0.2.9>;q=0.9, "
                             "<sip:peer@192.0.2.9>;q=1\r\n");
    assert_true(rig_has(next, "INVITE sip:best@192.0.2.9 SIP/2.0"));
    assert_string_equal(rig_value(next, "To"), rig_value(invite, "To"));
    next = again(next, 486, "");
    assert_true(rig_has(next, "INVITE sip:low@192.0.2.9 SIP/2.0"));
    rig_peer_answer(&r, ALICE, next, 302, "h", "Contact: <sip:best@192.0.2.9>\r\n", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 302);
    rig_end(&r);
}

static void a_6xx_ends_the_search(void **state)
{
    (void)state;
    const char *next =
        again(call_the_peer(""), 300, "Contact: <sip:a@192.0.2.9>, <sip:b@192.0.2.9>\r\n");
    rig_peer_answer(&r, ALICE, next, 603, "h", "", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 603);
    rig_end(&r);
}

static void a_422_is_tried_again_with_its_min_se(void **state)
{
    (void)state;
    const char *invite = call_the_peer("");
    assert_string_equal(rig_value(invite, "Session-Expires"), "600");
    const char *next = again(invite, 422, "Min-SE: 900\r\n");
    assert_string_equal(rig_value(next, "Session-Expires"), "900");
    assert_string_equal(rig_value(next, "Min-SE"), "900");
    end_answered(next);
}

/* RFC 4028 8.1: a proxy may have put the header in. */
static void a_422_to_who_asked_for_no_timer_is_tried_again(void **state)
{
    (void)state;
    const char *invite = call_with("", 0);
    assert_string_equal(rig_value(invite, "Session-Expires"), "");
    const char *next = again(invite, 422, "Min-SE: 900\r\n");
    assert_string_equal(rig_value(next, "Session-Expires"), "900");
    end_answered(next);
}

static void a_422_that_asks_for_nothing_new_is_final(void **state)
{
    (void)state;
    rig_peer_answer(&r, ALICE, again(call_the_peer(""), 422, "Min-SE: 900\r\n"), 422, "g",
                    "Min-SE: 900\r\n", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 422);
    rig_end(&r);
}

static void a_short_retry_after_is_waited_for_once(void **state)
{
    (void)state;
    rig_peer_answer(&r, ALICE, call_the_peer(""), 503, "f", "Retry-After: 3\r\n", "");
    rig_pass(&r, 2 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    rig_pass(&r, 1 * SECOND + 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 503, "g", "Retry-After: 3\r\n", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 503);
    rig_end(&r);
}

static void a_long_retry_after_is_told(void **state)
{
    (void)state;
    rig_peer_answer(&r, ALICE, call_the_peer(""), 503, "f", "Retry-After: 300\r\n", "");
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 503);
    rig_end(&r);
}

static void who_hangs_up_while_it_waits_sends_nothing_more(void **state)
{
    (void)state;
    rig_peer_answer(&r, ALICE, call_the_peer(""), 500, "f", "Retry-After: 5\r\n", "");
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * SECOND);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    assert_int_equal(rig_count(&r, ALICE, "CANCEL "), 0);
    rig_end(&r);
}

/* A 401 that comes after the CANCEL is no reason to call again. */
static void a_cancelled_call_answers_no_challenge(void **state)
{
    (void)state;
    const char *invite = call_the_peer("secret");
    rig_peer_answer(&r, ALICE, invite, 180, "f", "", "");
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, invite, 401, "f",
                    "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\"\r\n", "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, ALICE, "INVITE "), 1);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_digest_answers_a_challenge),
        cmocka_unit_test(a_wrong_password_is_told),
        cmocka_unit_test(without_a_password_a_challenge_is_final),
        cmocka_unit_test(contacts_of_a_3xx_are_tried_in_order),
        cmocka_unit_test(a_6xx_ends_the_search),
        cmocka_unit_test(a_422_is_tried_again_with_its_min_se),
        cmocka_unit_test(a_422_to_who_asked_for_no_timer_is_tried_again),
        cmocka_unit_test(a_422_that_asks_for_nothing_new_is_final),
        cmocka_unit_test(a_short_retry_after_is_waited_for_once),
        cmocka_unit_test(a_long_retry_after_is_told),
        cmocka_unit_test(who_hangs_up_while_it_waits_sends_nothing_more),
        cmocka_unit_test(a_cancelled_call_answers_no_challenge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
