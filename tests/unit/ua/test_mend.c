/* Requests of ours that are sent again with less, because a final response names what of them was
 * not understood (RFC 3261 8.1.3.5). */
#include "rig.h"

#include <stdio.h>

static struct rig r;

/* What Alice sends next, or "" where she tells the answer. */
static const char *answer(const char *request, unsigned status, const char *more)
{
    size_t before = rig_count(&r, ALICE, "INVITE ");
    rig_peer_answer(&r, ALICE, request, status, "f", more, "");
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    return rig_count(&r, ALICE, "INVITE ") > before ? rig_peer_next(&r, "INVITE ") : "";
}

static void expect_refused(unsigned status)
{
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, status);
    rig_end(&r);
}

/* Alice's calls go by the peer. */
static const char *call(const char *target, const char *headers)
{
    const struct ua_account_config by_the_peer = {.address =
                                                      STR("\"Alice\" <sip:alice@example.com:5070>"),
                                                  .routes = STR("<sip:192.0.2.9;lr>")};
    const struct call_start start = {.account = r.side[ALICE].account,
                                     .target = str_from(target),
                                     .media = rig_media(4000),
                                     .headers = str_from(headers)};
    ua_call id;
    assert_int_equal(ua_account_change(r.side[ALICE].ua, start.account, &by_the_peer), OK);
    assert_int_equal(call_start(r.side[ALICE].ua, &start, r.now, &id), OK);
    rig_pass(&r, 20 * MS);
    return rig_peer_next(&r, "INVITE ");
}

/* RFC 3261 19.1.6 */
static void a_number_is_called_by_a_sip_uri(void **state)
{
    (void)state;
    rig_new(&r);
    const char *first = call("tel:+49-30-1234;isub=7", "");
    assert_true(rig_has(first, "INVITE tel:+49-30-1234;isub=7 SIP/2.0"));
    const char *next = answer(first, 416, "");
    assert_true(rig_has(next, "INVITE sip:+49-30-1234;isub=7@example.com:5070;user=phone SIP/2.0"));
    assert_string_equal(rig_value(next, "To"), rig_value(first, "To"));
    assert_string_equal(rig_value(next, "CSeq"), "2 INVITE");
    assert_string_equal(answer(next, 416, ""), "");
    expect_refused(416);
}

static void a_sip_uri_has_nothing_to_be_mended(void **state)
{
    (void)state;
    rig_new(&r);
    const char *invite = call("sip:peer@192.0.2.9", "");
    assert_string_equal(answer(invite, 416, ""), "");
    expect_refused(416);
}

static void options_that_can_be_spared_are_left_out(void **state)
{
    (void)state;
    rig_new(&r);
    const char *first = call("sip:peer@192.0.2.9", "Subject: a\r\nRequire: timer, TDialog\r\n"
                                                   "Priority: urgent\r\nRequire: norefersub\r\n");
    const char *next = answer(first, 420, "Unsupported: tdialog, nonsense\r\n");
    assert_true(rig_has(next, "Subject: a\r\nRequire: timer\r\nPriority: urgent\r\n"
                              "Require: norefersub\r\n"));
    next = answer(next, 420, "Unsupported: timer\r\nUnsupported: norefersub\r\n");
    assert_true(rig_has(next, "Subject: a\r\nPriority: urgent\r\n"));
    assert_string_equal(rig_value(next, "Require"), "");
    assert_string_equal(rig_value(next, "CSeq"), "3 INVITE");
    assert_string_equal(answer(next, 420, "Unsupported: timer\r\n"), "");
    expect_refused(420);
}

/* Without these the request would mean something else. */
static void options_that_are_needed_are_told(void **state)
{
    (void)state;
    static const char *const needed[] = {"100rel", "precondition", "replaces", "join", "foo"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char lines[64], unsupported[64];
        snprintf(lines, sizeof lines, "Require: timer, %s\r\n", needed[i]);
        snprintf(unsupported, sizeof unsupported, "Unsupported: %s, timer\r\n", needed[i]);
        rig_new(&r);
        assert_string_equal(answer(call("sip:peer@192.0.2.9", lines), 420, unsupported), "");
        expect_refused(420);
    }
}

static void a_413_is_waited_out_or_told(void **state)
{
    (void)state;
    rig_new(&r);
    const char *invite = call("sip:peer@192.0.2.9", "");
    assert_string_equal(answer(invite, 413, "Retry-After: 4\r\n"), "");
    rig_expect_none(&r, ALICE);
    rig_pass(&r, 4 * SECOND);
    invite = rig_peer_next(&r, "INVITE ");
    assert_string_equal(answer(invite, 413, "Retry-After: 4\r\n"), "");
    expect_refused(413);
    rig_new(&r);
    assert_string_equal(answer(call("sip:peer@192.0.2.9", ""), 413, ""), "");
    expect_refused(413);
}

/* There is no other body than the one that was sent. */
static void a_415_is_told(void **state)
{
    (void)state;
    rig_new(&r);
    assert_string_equal(answer(call("sip:peer@192.0.2.9", ""), 415, "Accept: application/isup\r\n"),
                        "");
    expect_refused(415);
}

/* Who has hung up asks for nothing more. */
static void a_cancelled_call_is_not_mended(void **state)
{
    (void)state;
    rig_new(&r);
    const char *invite = call("tel:+4930", "Require: timer\r\n");
    rig_peer_answer(&r, ALICE, invite, 180, "f", "", "");
    assert_int_equal(call_end(r.side[ALICE].ua, call_next(r.side[ALICE].ua, 0), STR_NONE, r.now),
                     OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "CANCEL "), 200, "", "", "");
    assert_string_equal(answer(invite, 420, "Unsupported: timer\r\n"), "");
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_called_by_a_sip_uri),
        cmocka_unit_test(a_sip_uri_has_nothing_to_be_mended),
        cmocka_unit_test(options_that_can_be_spared_are_left_out),
        cmocka_unit_test(options_that_are_needed_are_told),
        cmocka_unit_test(a_413_is_waited_out_or_told),
        cmocka_unit_test(a_415_is_told),
        cmocka_unit_test(a_cancelled_call_is_not_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
