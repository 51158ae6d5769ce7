/* The ladder, the message beside it, raw messages, and differences. */
#include "show.h"

static void a_call(struct show *h)
{
    show_init(h, NULL);
    rig_tell(&h->rig, plain_call, n_plain_call);
    assert_int_equal(rig_rtp(&h->rig, 2200, "10.0.0.1:4000", "10.0.0.2:4002", 7, 50, 10), 0);
    screen_update(h->s);
    show_type(h, "\r");
}

static void arrows_go_from_sender_to_receiver(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_true(show_has(&h, "Ladder"));
    int invite = show_find(&h, "INVITE (SDP) x2"), ringing = show_find(&h, "180 Ringing");
    assert_true(invite > 0 && invite < ringing);
    assert_int_equal(show_find(&h, "--->"), invite + 1);
    assert_int_equal(show_find(&h, "<---"), ringing + 1);
    assert_true(show_has(&h, "12:00:00.000"));
    assert_true(show_has(&h, "+0.510"));
    assert_true(show_is_current(&h, "INVITE (SDP) x2"));
    show_fini(&h);
}

static void the_message_under_the_cursor_stands_beside(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_true(show_has(&h, "INVITE sip:bob@10.0.0.2 SIP/2.0"));
    assert_true(show_has(&h, "m=audio 4000"));
    show_type(&h, "j");
    assert_true(show_has(&h, "SIP/2.0 180 Ringing"));
    show_type(&h, "t");
    assert_false(show_has(&h, "SIP/2.0 180 Ringing"));
    show_fini(&h);
}

static void rtp_is_shown_on_demand(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_false(show_has(&h, "RTP PCMU"));
    show_type(&h, "m");
    assert_true(show_has(&h, "RTP PCMU x45"));
    assert_true(show_has(&h, "===>"));
    show_key(&h, SCREEN_F0 + 3);
    assert_false(show_has(&h, "RTP PCMU"));
    show_fini(&h);
}

static void messages_without_sdp_can_be_left_out(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    show_type(&h, "D");
    assert_true(show_has(&h, "200 OK (SDP)"));
    assert_false(show_has(&h, "180 Ringing"));
    show_fini(&h);
}

static void joined_calls_come_in_on_demand(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_transfer(&h.rig);
    screen_update(h.s);
    show_type(&h, "\r");
    assert_int_equal(screen_resize(h.s, 200, 200), 0);
    assert_false(show_has(&h, "10.0.0.4:5060"));
    show_type(&h, "x");
    assert_true(show_has(&h, "10.0.0.4:5060"));
    show_type(&h, "x");
    assert_false(show_has(&h, "10.0.0.4:5060"));
    show_fini(&h);
}

static void several_calls_are_one_ladder(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_short_call(&h, 0, "one", "anna", "486 Busy Here");
    tell_short_call(&h, 5, "two", "zoe", "200 OK");
    tell_short_call(&h, 9, "three", "mia", "404 Not Found");
    show_type(&h, "  \r");
    assert_true(show_has(&h, "486 Busy Here"));
    assert_true(show_has(&h, "200 OK"));
    assert_false(show_has(&h, "404 Not Found"));
    show_fini(&h);
}

static void ports_can_share_a_column(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_true(show_has(&h, "10.0.0.1:5060   "));
    show_type(&h, "st");
    assert_false(show_has(&h, "10.0.0.1:5060"));
    assert_true(show_has(&h, "10.0.0.1"));
    show_fini(&h);
}

static void raw_is_one_message_or_all(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    show_type(&h, "j\r");
    assert_true(show_has(&h, "12:00:00.510  10.0.0.2:5060 -> 10.0.0.1:5060 UDP"));
    assert_true(show_has(&h, "CSeq: 1 INVITE"));
    assert_false(show_has(&h, "INVITE sip:bob"));
    show_type(&h, "qR");
    assert_true(show_has(&h, "INVITE sip:bob"));
    show_key(&h, SCREEN_END);
    assert_true(show_has(&h, "CSeq: 2 BYE"));
    assert_false(show_has(&h, "INVITE sip:bob"));
    show_fini(&h);
}

static void two_messages_are_compared(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    show_type(&h, " jj ");
    assert_true(show_has(&h, "Difference"));
    assert_true(show_has(&h, "! INVITE sip:bob@10.0.0.2 SIP/2.0"));
    assert_true(show_has(&h, "! SIP/2.0 200 OK"));
    assert_true(show_has(&h, "  CSeq: 1 INVITE"));
    assert_false(show_has(&h, "! CSeq: 1 INVITE"));
    show_type(&h, "q");
    assert_true(show_has(&h, "Ladder"));
    show_fini(&h);
}

static void the_cursor_stays_on_its_message_as_others_come(void **state)
{
    struct show h;
    static const struct said early = {200,
                                      "10.0.0.2:5060",
                                      "10.0.0.1:5060",
                                      "100 Trying",
                                      "one",
                                      "<sip:alice@example.com>;tag=a",
                                      "<sip:bob@example.com>",
                                      "1 INVITE",
                                      1,
                                      NULL,
                                      NULL};
    (void)state;
    a_call(&h);
    show_type(&h, "jt");
    assert_true(show_is_current(&h, "180 Ringing "));
    assert_int_equal(rig_say(&h.rig, &early), 0);
    screen_update(h.s);
    assert_true(show_find(&h, "100 Trying") < show_find(&h, "180 Ringing "));
    assert_true(show_is_current(&h, "180 Ringing "));
    show_fini(&h);
}

static void notes_have_a_line_of_their_own(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_int_equal(rig_note(&h.rig, 100, "one", "proxy", "one target"), 0);
    screen_update(h.s);
    assert_true(show_has(&h, "proxy: one target"));
    show_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrows_go_from_sender_to_receiver),
        cmocka_unit_test(the_message_under_the_cursor_stands_beside),
        cmocka_unit_test(rtp_is_shown_on_demand),
        cmocka_unit_test(messages_without_sdp_can_be_left_out),
        cmocka_unit_test(joined_calls_come_in_on_demand),
        cmocka_unit_test(several_calls_are_one_ladder),
        cmocka_unit_test(ports_can_share_a_column),
        cmocka_unit_test(raw_is_one_message_or_all),
        cmocka_unit_test(two_messages_are_compared),
        cmocka_unit_test(the_cursor_stays_on_its_message_as_others_come),
        cmocka_unit_test(notes_have_a_line_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
