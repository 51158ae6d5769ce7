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
    int invite = show_find(&h, "INVITE bob, sent 2 times (SDP)"),
        ringing = show_find(&h, "180 Ringing");
    assert_true(invite > 0 && invite < ringing);
    assert_int_equal(show_find(&h, "--->"), invite + 1);
    assert_int_equal(show_find(&h, "<---"), ringing + 1);
    assert_true(show_has(&h, "12:00:00.000"));
    assert_true(show_has(&h, "+0.510"));
    assert_true(show_is_current(&h, "INVITE bob, sent 2 times (SDP)"));
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

static void sides_have_names(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    show_type(&h, "t");
    int names = show_find(&h, "alice"), addresses = show_find(&h, "10.0.0.1:5060");
    assert_int_equal(names, 1);
    assert_int_equal(addresses, 2);
    assert_int_equal(show_find(&h, "bob"), names);
    show_fini(&h);
}

static void how_the_call_ended_stands_beneath(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_true(show_find(&h, "one: answered by bob after 2.1 s, ended by alice with BYE") > 30);
    assert_int_equal(screen_resize(h.s, 12, 160), 0);
    assert_false(show_has(&h, "answered by bob"));
    show_fini(&h);
}

static void rtp_doubles_the_lines_as_long_as_it_goes_on(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    int rtp = show_find(&h, "RTP PCMU, 45 packets, 4 lost");
    assert_true(rtp > 0);
    assert_int_equal(show_find(&h, "===>"), rtp + 1);
    assert_int_equal(show_find(&h, "H"), rtp);
    assert_int_equal(show_find(&h, "H====>H"), -1);
    show_type(&h, "m");
    assert_false(show_has(&h, "RTP PCMU"));
    assert_false(show_has(&h, "H "));
    show_key(&h, SCREEN_F0 + 3);
    assert_true(show_has(&h, "RTP PCMU"));
    show_fini(&h);
}

static void descriptions_stand_beneath_arrows_on_demand(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_false(show_has(&h, "offer PCMU,PCMA 10.0.0.1:4000 sendrecv"));
    show_type(&h, "d");
    int invite = show_find(&h, "INVITE bob, sent 2 times ");
    assert_int_equal(show_find(&h, "offer PCMU,PCMA 10.0.0.1:4000 sendrecv"), invite + 2);
    assert_false(show_has(&h, "(SDP)"));
    assert_true(show_is_current(&h, "offer PCMU"));
    show_fini(&h);
}

static void times_are_of_the_day_or_since_the_start(void **state)
{
    struct show h;
    (void)state;
    a_call(&h);
    assert_true(show_has(&h, "12:00:00.510"));
    show_type(&h, "w");
    assert_int_equal(show_find(&h, "      33.110"), show_find(&h, "200 OK (BYE)"));
    assert_int_equal(show_find(&h, "      +0.010"), show_find(&h, "ACK") + 1);
    show_fini(&h);
}

static uint8_t colour_at(struct show *h, const char *text)
{
    int row = show_find(h, text);
    for (int col = 14; col < screen_cols(h->s); col++) {
        struct screen_cell c = screen_cell(h->s, row, col);
        if (c.character > ' ' && c.character < 127)
            return c.colour;
    }
    return SCREEN_PLAIN;
}

/* Two phones ring: what goes between the server and each is of one colour, by dialog. */
static void colours_are_by_kind_dialog_call_or_transaction(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_transfer(&h.rig);
    screen_update(h.s);
    assert_int_equal(screen_resize(h.s, 200, 300), 0);
    show_type(&h, "\rt");
    assert_true(show_has(&h, "by kind"));
    assert_int_equal(colour_at(&h, "407 Proxy"), SCREEN_RED);
    show_type(&h, "c");
    assert_true(show_has(&h, "by dialog"));
    assert_int_equal(colour_at(&h, "407 Proxy"), SCREEN_RED);
    assert_int_not_equal(colour_at(&h, "ACK"), colour_at(&h, "REFER"));
    show_type(&h, "c");
    assert_true(show_has(&h, "by call"));
    assert_int_equal(colour_at(&h, "ACK"), colour_at(&h, "REFER"));
    show_type(&h, "c");
    assert_true(show_has(&h, "by transaction"));
    assert_int_not_equal(colour_at(&h, "REFER"), colour_at(&h, "NOTIFY"));
    show_fini(&h);
}

/* A side is left of the pane: what is drawn of its arrows stays right of the times. */
static void columns_that_do_not_fit_are_moved_in(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_transfer(&h.rig);
    screen_update(h.s);
    assert_int_equal(screen_resize(h.s, 60, 60), 0);
    show_type(&h, "\rt");
    assert_int_equal(show_find(&h, "alice"), 1);
    assert_int_not_equal(show_find(&h, "carol"), 1);
    show_type(&h, "x");
    for (int i = 0; i < 3; i++)
        show_key(&h, SCREEN_RIGHT);
    assert_int_equal(show_find(&h, "carol"), 1);
    assert_true(show_has(&h, "12:00:00.000"));
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
        cmocka_unit_test(sides_have_names),
        cmocka_unit_test(how_the_call_ended_stands_beneath),
        cmocka_unit_test(rtp_doubles_the_lines_as_long_as_it_goes_on),
        cmocka_unit_test(descriptions_stand_beneath_arrows_on_demand),
        cmocka_unit_test(times_are_of_the_day_or_since_the_start),
        cmocka_unit_test(colours_are_by_kind_dialog_call_or_transaction),
        cmocka_unit_test(columns_that_do_not_fit_are_moved_in),
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
