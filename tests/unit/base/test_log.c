/* Events: levels, names, the allowance of a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/log.h"

struct sink {
    unsigned n, fields, skipped;
    enum log_level level;
    enum log_event event;
    uint64_t number;
    char text[200];
};

static void keep(void *arg, const struct log_record *r)
{
    struct sink *s = arg;
    s->n++;
    s->level = r->level;
    s->event = r->event;
    s->fields = r->n;
    s->skipped = r->skipped;
    s->number = r->fields[0].number;
    assert_true(r->fields[0].text.len < sizeof s->text);
    memcpy(s->text, r->fields[0].text.at ? r->fields[0].text.at : "", r->fields[0].text.len);
    s->text[r->fields[0].text.len] = '\0';
}

static void tells_up_to_its_level(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_WARN, keep, &s};
    log_event(&l, EV_READY, LOG_NUMBER("ms", 1));
    log_event(&l, EV_BAD_MESSAGE, LOG_NUMBER("n", 1));
    assert_int_equal(s.n, 0);
    log_event(&l, EV_BANNED, LOG_NUMBER("seconds", 60), LOG_TEXT("addr", STR("x")));
    assert_int_equal(s.event, EV_BANNED);
    assert_int_equal(s.level, LOG_WARN);
    assert_int_equal(s.fields, 2);
    assert_int_equal(s.number, 60);
    log_event(&l, EV_STORE_FAILED, LOG_TEXT("why", STR("disk full")));
    assert_int_equal(s.level, LOG_ERROR);
    assert_string_equal(s.text, "disk full");
    log_set_level(&l, LOG_INFO);
    log_event(&l, EV_READY, LOG_NUMBER("ms", 1));
    assert_int_equal(s.n, 3);
}

static void a_log_may_be_absent(void **state)
{
    (void)state;
    struct log deaf = {LOG_DEBUG, NULL, NULL};
    log_event(&deaf, EV_STORE_FAILED, LOG_NUMBER("n", 1));
    log_event((const struct log *)NULL, EV_STORE_FAILED, LOG_NUMBER("n", 1));
}

static void a_gate_passes_its_allowance_and_tells_the_rest(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_INFO, keep, &s};
    struct log_gate g = {.per_second = 2};
    time_ns now = 5 * NS_PER_S;
    for (unsigned i = 0; i < 7; i++)
        log_event_gated(&l, &g, now + i, EV_BANNED, LOG_NUMBER("i", i));
    assert_int_equal(s.n, 2);
    assert_int_equal(s.number, 1);
    log_event_gated(&l, &g, now + NS_PER_S - 1, EV_BANNED, LOG_NUMBER("i", 7));
    assert_int_equal(s.n, 2);
    log_event_gated(&l, &g, now + NS_PER_S, EV_BANNED, LOG_NUMBER("i", 8));
    assert_int_equal(s.skipped, 6);
    log_event_gated(&l, &g, now + NS_PER_S, EV_BANNED, LOG_NUMBER("i", 9));
    assert_int_equal(s.skipped, 0);
}

static void unwanted_events_use_no_allowance(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_INFO, keep, &s};
    struct log_gate g = {0};
    for (unsigned i = 0; i < 100; i++)
        log_event_gated(&l, &g, 0, EV_BAD_MESSAGE, LOG_NUMBER("i", i));
    for (unsigned i = 0; i < 100; i++)
        log_event_gated(&l, &g, 0, EV_INPUT_REFUSED, LOG_NUMBER("i", i));
    assert_int_equal(s.n, LOG_PER_SECOND);
}

static void names_are_those_of_the_table(void **state)
{
    (void)state;
    enum log_level level;
    assert_string_equal(log_event_name(EV_AUTH_FAILED), "auth_failed");
    assert_int_equal(log_event_level(EV_AUTH_FAILED), LOG_WARN);
    for (unsigned i = 0; i <= LOG_DEBUG; i++) {
        assert_true(log_level_named(str_from(log_level_name((enum log_level)i)), &level));
        assert_int_equal(level, i);
    }
    assert_false(log_level_named(STR("loud"), &level));
    for (unsigned i = 0; i < N_LOG_EVENTS; i++) {
        const char *name = log_event_name((enum log_event)i);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        assert_true(strlen(name) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_up_to_its_level),
        cmocka_unit_test(a_log_may_be_absent),
        cmocka_unit_test(a_gate_passes_its_allowance_and_tells_the_rest),
        cmocka_unit_test(unwanted_events_use_no_allowance),
        cmocka_unit_test(names_are_those_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
