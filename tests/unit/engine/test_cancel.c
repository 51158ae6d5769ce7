/* CANCEL from both sides. RFC 3261 9. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

#define BOB "sip:bob@192.0.2.20:5060"
#define FROM_BOB "192.0.2.20:5060"

static void answer(size_t n, unsigned status)
{
    const char *text = rig_response(rig_text(&rig, n), status, "b1", "");
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, text), OK);
}

static void cancel(tx_id tx)
{
    assert_int_equal(engine_cancel(rig.e, tx, STR("Reason: SIP;cause=200\r\n"), rig.now), OK);
    rig_drain(&rig);
}

/* 9.1: not before a provisional response; then with the INVITE's branch, Request-URI, To, From,
 * Call-ID, CSeq number */
static void cancel_waits_for_a_provisional(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx =
        rig_send_more(&rig, "INVITE", BOB, "Route: <sip:192.0.2.20;lr>\r\nRequire: 100rel\r\n", 0);
    cancel(tx);
    cancel(tx);
    assert_int_equal(rig_count(&rig, "CANCEL "), 0);
    answer(0, 100);
    assert_int_equal(rig_count(&rig, "CANCEL " BOB " SIP/2.0\r\n"), 1);
    assert_true(rig_has(&rig, 1, "CSeq: 5 CANCEL\r\n"));
    assert_true(rig_has(&rig, 1, "Route: <sip:192.0.2.20;lr>\r\n"));
    assert_true(rig_has(&rig, 1, "Reason: SIP;cause=200\r\n"));
    assert_true(rig_has(&rig, 1, "To: <sip:bob@example.com>\r\n"));
    assert_false(rig_has(&rig, 1, "Require"));
    const char *via = strstr(rig_text(&rig, 0), "Via: ");
    char line[160];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(via, "\r"), via);
    assert_true(rig_has(&rig, 1, line));
    answer(1, 200);
    answer(0, 487);
    assert_int_equal(rig_count(&rig, "ACK "), 1);
    /* nobody hears of the CANCEL's own answer */
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 2);
    rig_pass(&rig, 10 * NS_S);
    assert_int_equal(rig_count(&rig, "CANCEL "), 1);
    rig_end(&rig);
}

/* 9.1: 64*T1 after the CANCEL an INVITE without a final response is over */
static void cancel_without_effect_times_out(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    answer(0, 180);
    cancel(tx);
    answer(1, 200);
    rig_pass(&rig, 31900 * MS);
    assert_int_equal(rig_count_events(&rig, EVENT_TIMEOUT), 0);
    rig_pass(&rig, 200 * MS);
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, tx);
    rig_end(&rig);
}

/* the CANCEL is a transaction of its own: repeated, and silent when it times out */
static void unanswered_cancel_is_repeated(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    answer(0, 180);
    cancel(tx);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_count(&rig, "CANCEL "), 11);
    assert_int_equal(rig_count_events(&rig, EVENT_TIMEOUT), 1);
    rig_end(&rig);
}

static void cancel_after_a_final_is_nothing(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    answer(0, 200);
    cancel(tx);
    assert_int_equal(rig_count(&rig, "CANCEL "), 0);
    tx_id options = rig_send(&rig, "OPTIONS", BOB);
    assert_int_equal(engine_cancel(rig.e, options, STR_NONE, rig.now), ERR_INVALID);
    rig_pass(&rig, 300 * NS_S);
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), ERR_STALE);
    rig_end(&rig);
}

/* 9.2: 200 to the CANCEL, with the tag of the INVITE's responses; the TU is told which INVITE */
static void received_cancel_names_its_invite(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKone", "", ""));
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_int_equal(engine_own(rig.e, tx, 4, 44), OK);
    assert_int_equal(rig_reply(&rig, tx, 180), OK);
    rig_recv(&rig, rig_request("CANCEL", "z9hG4bKone", "", ""));
    const struct engine_event *ev = rig_event(&rig, EVENT_CANCEL);
    assert_int_equal(ev->other, tx);
    assert_int_equal(ev->other_owner, 4);
    assert_int_equal(ev->other_user, 44);
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 OK\r\n"), 1);
    char *tag = strstr(rig.sent[0].text, ";tag=") + 5;
    tag = strstr(tag, ";tag=");
    assert_non_null(tag);
    tag[strcspn(tag, "\r")] = '\0';
    assert_true(rig_has(&rig, 1, tag));
    assert_int_equal(rig_reply(&rig, tx, 487), OK);
    /* again: absorbed */
    rig_recv(&rig, rig_request("CANCEL", "z9hG4bKone", "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 OK\r\n"), 2);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 1);
    rig_end(&rig);
}

/* 9.2, 16.10: without one it is the TU's: a UAS says 481, a proxy sends it on */
static void received_cancel_without_invite(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("CANCEL", "z9hG4bKone", "", ""));
    const struct engine_event *ev = rig_event(&rig, EVENT_CANCEL);
    assert_int_equal(ev->other, 0);
    assert_int_equal(rig.n_sent, 0);
    assert_int_equal(rig_reply(&rig, ev->tx, 481), OK);
    assert_int_equal(rig_count(&rig, "SIP/2.0 481 "), 1);
    rig_clear(&rig);
    rig_recv(&rig, rig_request("CANCEL", "z9hG4bKtwo", "", ""));
    ev = rig_event(&rig, EVENT_CANCEL);
    assert_int_equal(engine_give_up(rig.e, ev->tx), OK);
    assert_int_equal(engine_give_up(rig.e, ev->tx), ERR_STALE);
    assert_int_equal(rig_count(&rig, "SIP/2.0 "), 0);
    rig_end(&rig);
}

/* 9.2: no effect where the final response is out */
static void received_cancel_comes_too_late(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKone", "", ""));
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 200), OK);
    rig_recv(&rig, rig_request("CANCEL", "z9hG4bKone", "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 OK\r\n"), 2);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 0);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancel_waits_for_a_provisional),
        cmocka_unit_test(cancel_without_effect_times_out),
        cmocka_unit_test(unanswered_cancel_is_repeated),
        cmocka_unit_test(cancel_after_a_final_is_nothing),
        cmocka_unit_test(received_cancel_names_its_invite),
        cmocka_unit_test(received_cancel_without_invite),
        cmocka_unit_test(received_cancel_comes_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
