/* Log lines: levels, one line whatever is in it, the allowance of a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/log.h"

struct sink {
    unsigned n;
    enum log_level level;
    char last[LOG_LINE_MAX];
};

static void keep(void *arg, enum log_level level, const char *line)
{
    struct sink *s = arg;
    s->n++;
    s->level = level;
    assert_true(strlen(line) < sizeof s->last);
    memcpy(s->last, line, strlen(line) + 1);
}

static void writes_up_to_its_level(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_WARN, keep, &s};
    log_line(&l, LOG_INFO, "no");
    log_line(&l, LOG_DEBUG, "no");
    assert_int_equal(s.n, 0);
    log_line(&l, LOG_WARN, "a %d", 1);
    assert_string_equal(s.last, "a 1");
    log_line(&l, LOG_ERROR, "b");
    assert_int_equal(s.n, 2);
    assert_int_equal(s.level, LOG_ERROR);
    struct log deaf = {LOG_DEBUG, NULL, NULL};
    log_line(&deaf, LOG_ERROR, "nowhere");
    log_line(NULL, LOG_ERROR, "nowhere");
}

static void a_line_stays_one_line(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_DEBUG, keep, &s};
    log_line(&l, LOG_INFO, "a\r\nb\x1b[31m\x7f \xc3\xa4");
    assert_string_equal(s.last, "a??b?[31m? \xc3\xa4");
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_DEBUG, keep, &s};
    log_line(&l, LOG_INFO, "%5000d", 1);
    assert_int_equal(strlen(s.last), LOG_LINE_MAX - 1);
}

static void a_gate_passes_its_allowance_and_tells_the_rest(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_INFO, keep, &s};
    struct log_gate g = {.per_second = 2};
    time_ns now = 5 * NS_PER_S;
    for (unsigned i = 0; i < 7; i++)
        log_gated(&l, &g, now + i, LOG_WARN, "bad %u", i);
    assert_int_equal(s.n, 2);
    assert_string_equal(s.last, "bad 1");
    log_gated(&l, &g, now + NS_PER_S - 1, LOG_WARN, "bad");
    assert_int_equal(s.n, 2);
    log_gated(&l, &g, now + NS_PER_S, LOG_WARN, "bad");
    assert_string_equal(s.last, "(6 like this not shown) bad");
    log_gated(&l, &g, now + NS_PER_S, LOG_WARN, "bad");
    assert_string_equal(s.last, "bad");
}

static void unwanted_lines_use_no_allowance(void **state)
{
    (void)state;
    struct sink s = {0};
    struct log l = {LOG_INFO, keep, &s};
    struct log_gate g = {0};
    for (unsigned i = 0; i < 100; i++)
        log_gated(&l, &g, 0, LOG_DEBUG, "no");
    for (unsigned i = 0; i < 100; i++)
        log_gated(&l, &g, 0, LOG_INFO, "yes");
    assert_int_equal(s.n, LOG_PER_SECOND);
    assert_string_equal(s.last, "yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_up_to_its_level),
        cmocka_unit_test(a_line_stays_one_line),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(a_gate_passes_its_allowance_and_tells_the_rest),
        cmocka_unit_test(unwanted_lines_use_no_allowance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
