/* The list of calls: what it shows, in which order, and its keys. */
#include "show.h"

#include <stdio.h>

static void three_calls(struct show *h)
{
    show_init(h, NULL);
    tell_short_call(h, 0, "one", "anna", "486 Busy Here");
    tell_short_call(h, 1000, "two", "zoe", "200 OK");
    tell_short_call(h, 2000, "three", "mia", "180 Ringing");
}

static void a_line_says_what_became_of_a_call(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    assert_true(show_has(&h, "Calls: 3 calls, 3 shown  calls.pcap"));
    assert_true(show_has(&h, "INVITE    anna@example.com"));
    assert_true(show_has(&h, "10.0.0.1:5060"));
    assert_true(show_has(&h, "REJECTED 486"));
    assert_true(show_has(&h, "IN CALL"));
    assert_true(show_has(&h, "CALL SETUP"));
    show_fini(&h);
}

static void columns_go_where_there_is_no_room(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    assert_int_equal(screen_resize(h.s, 12, 40), 0);
    assert_true(show_has(&h, "anna@example"));
    assert_false(show_has(&h, "Destination"));
    assert_int_equal(screen_resize(h.s, 5, 20), 0);
    assert_true(show_has(&h, "anna@"));
    show_fini(&h);
}

static void lines_are_sorted_by_any_column(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, ">>");
    assert_true(show_find(&h, "anna@") < show_find(&h, "mia@"));
    assert_true(show_find(&h, "mia@") < show_find(&h, "zoe@"));
    show_type(&h, "Z");
    assert_true(show_find(&h, "mia@") > show_find(&h, "zoe@"));
    show_type(&h, "<<Z");
    assert_true(show_find(&h, "mia@") > show_find(&h, "zoe@"));
    show_fini(&h);
}

static void the_cursor_stays_on_its_call(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "j");
    assert_true(show_is_current(&h, "zoe@"));
    show_type(&h, "Z");
    assert_true(show_is_current(&h, "zoe@"));
    tell_short_call(&h, 3000, "four", "eve", "200 OK");
    assert_true(show_is_current(&h, "zoe@"));
    show_type(&h, "ZA");
    assert_true(show_is_current(&h, "eve@"));
    tell_short_call(&h, 4000, "five", "fay", "200 OK");
    assert_true(show_is_current(&h, "fay@"));
    show_fini(&h);
}

static void a_search_leaves_lines_that_have_the_text(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "/ReJq\177\r");
    assert_true(show_has(&h, "3 calls, 1 shown"));
    assert_true(show_has(&h, "anna@"));
    assert_false(show_has(&h, "zoe@"));
    assert_int_equal(show_type(&h, "\033"), SCREEN_GOES_ON);
    assert_true(show_has(&h, "3 calls, 3 shown"));
    assert_int_equal(show_type(&h, "\033"), SCREEN_LEAVES);
    show_fini(&h);
}

static void a_filter_holds_until_it_is_emptied(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "fZOE\r");
    assert_true(show_has(&h, "3 calls, 1 shown"));
    assert_true(show_has(&h, "filtered"));
    tell_short_call(&h, 3000, "four", "zoe", "200 OK");
    assert_true(show_has(&h, "4 calls, 2 shown"));
    show_type(&h, "fxx\033");
    assert_true(show_has(&h, "4 calls, 2 shown"));
    show_type(&h, "f");
    show_key(&h, SCREEN_F0 + 5);
    show_type(&h, "\t\t\t4xx\r");
    assert_true(show_has(&h, "4 calls, 1 shown"));
    assert_true(show_has(&h, "anna@"));
    show_fini(&h);
}

static void a_filter_that_says_nothing_is_refused(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "f\t\t\t4x\r");
    assert_true(show_has(&h, "an answer is 486, 4xx or 400-499"));
    show_type(&h, "\177\177500-400\r");
    assert_true(show_has(&h, "an answer is 486, 4xx or 400-499"));
    show_type(&h, "\025"
                  "480-490\r");
    assert_true(show_has(&h, "3 calls, 1 shown"));
    show_type(&h, "f\tnowhere\r");
    assert_true(show_has(&h, "that is not an address"));
    show_fini(&h);
}

static void clearing_leaves_calls_that_come(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_key(&h, SCREEN_F0 + 5);
    assert_true(show_has(&h, "0 calls, 0 shown"));
    assert_int_equal(show_type(&h, "\r"), SCREEN_GOES_ON);
    tell_short_call(&h, 3000, "four", "eve", "200 OK");
    assert_true(show_has(&h, "1 calls, 1 shown"));
    show_fini(&h);
}

static void a_pause_is_said(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    assert_true(screen_wants_events(h.s));
    show_type(&h, "p");
    assert_false(screen_wants_events(h.s));
    assert_true(show_has(&h, "paused"));
    show_type(&h, "p");
    assert_true(screen_wants_events(h.s));
    show_fini(&h);
}

static void a_live_trace_is_not_left_by_a_slip(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, &(struct screen_options){.source = "eth0", .is_live = true});
    assert_int_equal(show_type(&h, "q"), SCREEN_GOES_ON);
    assert_true(show_has(&h, "Leave?"));
    assert_int_equal(show_type(&h, "n"), SCREEN_GOES_ON);
    assert_false(show_has(&h, "Leave?"));
    assert_int_equal(show_type(&h, "q\r"), SCREEN_LEAVES);
    show_fini(&h);
}

static void help_is_about_the_view(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "h");
    assert_true(show_has(&h, "turns the order round"));
    show_type(&h, "q\rh");
    assert_true(show_has(&h, "one column for all ports of an address"));
    assert_false(show_has(&h, "turns the order round"));
    show_fini(&h);
}

static void statistics_count_what_is_shown_and_all(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h);
    show_type(&h, "/zoe\ri");
    assert_true(show_has(&h, "Calls                        1         3"));
    assert_true(show_has(&h, "  rejected                   0         1"));
    assert_true(show_has(&h, "  INVITE                     1         3"));
    assert_true(show_has(&h, "  4xx                        0         1"));
    show_fini(&h);
}

static void columns_are_chosen_and_moved(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    rig_tell(&h.rig, plain_call, n_plain_call);
    screen_update(h.s);
    assert_true(show_has(&h, "Call-ID"));
    assert_false(show_has(&h, "Talk"));
    show_type(&h, "t");
    assert_true(show_has(&h, "[*] Call-ID"));
    assert_true(show_has(&h, "[ ] Talk"));
    show_key(&h, SCREEN_END);
    show_type(&h, "k q");
    assert_true(show_has(&h, "Talk"));
    assert_true(show_has(&h, "31.0"));
    show_type(&h, "t");
    show_key(&h, SCREEN_HOME);
    show_type(&h, "j+");
    assert_true(show_is_current(&h, "[*] Method"));
    show_type(&h, "q");
    assert_true(show_has(&h, "From"));
    assert_true(show_find(&h, "Method") >= 0);
    show_fini(&h);
}

/* The one that is left cannot be taken away. */
static void one_column_stays(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_short_call(&h, 0, "one", "anna", "486 Busy Here");
    show_type(&h, "t");
    show_key(&h, SCREEN_HOME);
    for (int i = 0; i < 10; i++)
        show_type(&h, " j");
    assert_true(show_has(&h, "[*] Call-ID"));
    show_type(&h, "q");
    assert_true(show_has(&h, "one"));
    assert_false(show_has(&h, "anna@"));
    show_type(&h, "t");
    show_key(&h, SCREEN_F0 + 5);
    show_type(&h, "q");
    assert_true(show_has(&h, "anna@"));
    show_fini(&h);
}

static void sorting_goes_by_the_columns_that_are_shown(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_short_call(&h, 0, "one", "zoe", "486 Busy Here");
    tell_short_call(&h, 1000, "two", "anna", "200 OK");
    show_type(&h, "tj q"); /* without Method: behind Idx stands From */
    show_type(&h, ">");
    assert_true(show_has(&h, "^From"));
    assert_true(show_find(&h, "anna@") < show_find(&h, "zoe@"));
    show_type(&h, "<");
    assert_true(show_has(&h, "^Idx"));
    show_fini(&h);
}

static void half_pages_and_ends_have_keys(void **state)
{
    struct show h;
    char id[16];
    (void)state;
    show_init(&h, NULL);
    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(id, sizeof id, "c%u", i + 1000);
        tell_short_call(&h, i, id, "anna", "200 OK");
    }
    assert_true(show_is_current(&h, "c1000"));
    show_key(&h, 'd' & 31);
    assert_true(show_is_current(&h, "c1018"));
    show_key(&h, 'u' & 31);
    assert_true(show_is_current(&h, "c1000"));
    show_key(&h, 'e' & 31);
    assert_true(show_is_current(&h, "c1099"));
    show_key(&h, 'a' & 31);
    assert_true(show_is_current(&h, "c1000"));
    show_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_what_became_of_a_call),
        cmocka_unit_test(columns_go_where_there_is_no_room),
        cmocka_unit_test(lines_are_sorted_by_any_column),
        cmocka_unit_test(the_cursor_stays_on_its_call),
        cmocka_unit_test(a_search_leaves_lines_that_have_the_text),
        cmocka_unit_test(a_filter_holds_until_it_is_emptied),
        cmocka_unit_test(a_filter_that_says_nothing_is_refused),
        cmocka_unit_test(clearing_leaves_calls_that_come),
        cmocka_unit_test(a_pause_is_said),
        cmocka_unit_test(a_live_trace_is_not_left_by_a_slip),
        cmocka_unit_test(help_is_about_the_view),
        cmocka_unit_test(statistics_count_what_is_shown_and_all),
        cmocka_unit_test(columns_are_chosen_and_moved),
        cmocka_unit_test(one_column_stays),
        cmocka_unit_test(sorting_goes_by_the_columns_that_are_shown),
        cmocka_unit_test(half_pages_and_ends_have_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
