/* What is asked to be saved, and what is said of it. */
#include "show.h"

#include <string.h>

static void three_calls(struct show *h, const struct screen_options *options)
{
    show_init(h, options);
    tell_short_call(h, 0, "one", "anna", "486 Busy Here");
    tell_short_call(h, 1000, "two", "zoe", "200 OK");
    tell_short_call(h, 2000, "three", "mia", "180 Ringing");
}

static void those_that_are_selected_are_saved(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h, NULL);
    assert_int_equal(show_type(&h, " j sout.txt\t\r"), SCREEN_SAVES);
    struct screen_saving saving = screen_saving(h.s);
    assert_string_equal(saving.path, "out.txt");
    assert_int_equal(saving.format, 1);
    assert_int_equal(saving.n_calls, 2);
    assert_true(str_equal(saving.calls[0]->call_id, STR("one")));
    assert_true(str_equal(saving.calls[1]->call_id, STR("three")));
    screen_saved(h.s, NULL);
    assert_true(show_has(&h, "saved"));
    show_fini(&h);
}

static void those_that_are_shown_or_all(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h, NULL);
    assert_int_equal(show_type(&h, "/zoe\rsx\r"), SCREEN_SAVES);
    assert_int_equal(screen_saving(h.s).n_calls, 1);
    screen_saved(h.s, "x: there is a file of this name");
    assert_true(show_has(&h, "there is a file of this name"));
    show_key(&h, SCREEN_DOWN);
    assert_int_equal(show_type(&h, "\r"), SCREEN_SAVES);
    assert_int_equal(screen_saving(h.s).n_calls, 3);
    show_fini(&h);
}

static void the_one_under_the_cursor_is_saved(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h, NULL);
    show_type(&h, "jsx");
    for (int i = 0; i < 2; i++) /* from those that are shown, by all of them */
        show_key(&h, SCREEN_DOWN);
    assert_true(show_has(&h, "this one"));
    assert_int_equal(show_type(&h, "\r"), SCREEN_SAVES);
    assert_int_equal(screen_saving(h.s).n_calls, 1);
    assert_true(str_equal(screen_saving(h.s).calls[0]->call_id, STR("two")));
    show_fini(&h);
}

static void a_ladder_is_saved_with_what_was_brought_in(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    tell_transfer(&h.rig);
    screen_update(h.s);
    show_type(&h, "xSx");
    assert_true(show_has(&h, "those of the ladder"));
    assert_int_equal(show_type(&h, "\r"), SCREEN_SAVES);
    assert_int_equal(screen_saving(h.s).n_calls, 2);
    show_fini(&h);
}

static void nothing_is_saved_without_a_name_or_a_format(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h, NULL);
    assert_int_equal(show_type(&h, "s\r"), SCREEN_GOES_ON);
    assert_true(show_has(&h, "the file has no name"));
    show_fini(&h);
    three_calls(&h, &(struct screen_options){.source = "x"});
    assert_int_equal(show_type(&h, "sx\t\r"), SCREEN_GOES_ON);
    assert_true(show_has(&h, "nothing that it could be saved as"));
    show_fini(&h);
}

static void the_ladder_s_calls_are_saved_from_its_messages(void **state)
{
    struct show h;
    (void)state;
    three_calls(&h, NULL);
    assert_int_equal(show_type(&h, "jr"
                                   "sx\r"),
                     SCREEN_SAVES);
    assert_int_equal(screen_saving(h.s).n_calls, 1);
    assert_true(str_equal(screen_saving(h.s).calls[0]->call_id, STR("two")));
    show_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_are_selected_are_saved),
        cmocka_unit_test(those_that_are_shown_or_all),
        cmocka_unit_test(the_one_under_the_cursor_is_saved),
        cmocka_unit_test(a_ladder_is_saved_with_what_was_brought_in),
        cmocka_unit_test(nothing_is_saved_without_a_name_or_a_format),
        cmocka_unit_test(the_ladder_s_calls_are_saved_from_its_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
