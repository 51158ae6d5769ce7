/* Points in time as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/trace_time.h"

#define S INT64_C(1000000000)

static void test_read(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } rows[] = {
        {"0", 0},
        {"1700000000", 1700000000 * S},
        {"1700000000.25", 1700000000 * S + S / 4},
        {"1.0000000019", S + 1},
        {"1970-01-01", 0},
        {"2000-03-01", 951868800 * S},
        {"2024-02-29T23:59:59Z", 1709251199 * S},
        {"2023-11-14T22:13:20.5", 1700000000 * S + S / 2},
        {"2023-11-14T22:13", 1699999980 * S},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at = -1;
        assert_true(trace_time_read(str_from(rows[i].text), &at));
        assert_int_equal(at, rows[i].at);
    }
}

static void test_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "Z",
        "noon",
        "-1",
        "2024-",
        "99999999999",
        "1.",
        "1.x",
        "2024-1-1",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-01 10",
        "2024-01-01T25",
        "2024-01-01T10:61",
        "1969-12-31",
        "2024-01-01T10:00:00+01:00",
        "2024-01-01T10:00:00.",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at = 7;
        if (trace_time_read(str_from(rows[i]), &at))
            fail_msg("%s is taken", rows[i]);
    }
}

static void test_print(void **state)
{
    (void)state;
    /* every day of 200 years, and what is read is printed the same */
    for (int64_t day = 0; day < 146097 / 2; day++) {
        char room[40];
        struct buf b;
        int64_t at = day * 86400 * S + 45296 * S + 789000, again;
        buf_init(&b, room, sizeof room);
        trace_time_put(&b, at);
        assert_false(b.over);
        assert_true(trace_time_read(buf_str(&b), &again));
        assert_int_equal(again, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
