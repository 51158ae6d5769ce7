/* How long messages may gather: not at all when it is quiet, a bounded while when it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/pace.h"

#define SECOND NS_PER_S

static time_ns run(struct pace *p, time_ns now, unsigned rate, time_ns span)
{
    time_ns step = SECOND / rate;

    for (time_ns end = now + span; now < end; now += step)
        pace_note(p, 1, now);
    return now;
}

static void delays_by_rate(void **state)
{
    static const struct {
        unsigned rate;
        time_ns low, high;
    } rows[] = {
        {100, 0, 0},
        {1900, 0, 0}, /* fewer than PACE_LEAST in PACE_MOST: a wake-up for each is cheaper */
        {2100, PACE_MOST, PACE_MOST},
        {15000, PACE_MOST, PACE_MOST},
        {160000, 90000, 110000}, /* PACE_AIM messages in 100 microseconds */
        {1000000, 15000, 17000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pace p;

        pace_init(&p, SECOND);
        run(&p, SECOND, rows[i].rate, SECOND);
        assert_in_range(pace_period(&p), rows[i].low, rows[i].high);
    }
}

static void a_quiet_moment_ends_it_at_once(void **state)
{
    struct pace p;
    time_ns now;

    (void)state;
    pace_init(&p, 0);
    now = run(&p, 0, 50000, SECOND);
    assert_int_not_equal(pace_period(&p), 0);
    pace_note(&p, 0, now + SECOND);
    assert_int_equal(pace_period(&p), 0);
}

static void a_short_burst_does_not_begin_it(void **state)
{
    struct pace p;

    (void)state;
    pace_init(&p, 0);
    pace_note(&p, 64, 0);
    pace_note(&p, 0, 20 * NS_PER_MS);
    assert_int_equal(pace_period(&p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_by_rate),
        cmocka_unit_test(a_quiet_moment_ends_it_at_once),
        cmocka_unit_test(a_short_burst_does_not_begin_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
