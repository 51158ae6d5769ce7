/* Sessions begin when they are meant to: evenly, or at random with the same rate. */
#include <math.h>

#include "load/schedule.h"
#include "rig.h"

static const time_ns ORIGIN = 77 * NS_PER_S;

static struct schedule make(double rate, bool poisson)
{
    struct schedule s;
    struct rand_seed seed = rand_seed_from(3);
    schedule_init(&s, ORIGIN, rate, poisson, &seed);
    return s;
}

static void test_even(void **state)
{
    struct schedule s = make(8, false);
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(schedule_next(&s), ORIGIN + i * (NS_PER_S / 8));
        schedule_take(&s);
    }
}

/* A rate that no number of nanoseconds divides does not drift. */
static void test_no_drift(void **state)
{
    struct schedule s = make(7, false);
    (void)state;
    for (unsigned i = 0; i < 7000; i++)
        schedule_take(&s);
    assert_true(schedule_next(&s) - ORIGIN - 1000 * NS_PER_S + 10 < 20);
}

static void test_poisson(void **state)
{
    struct schedule s = make(1000, true);
    double n = 100000, sum = 0, squares = 0;
    time_ns last = ORIGIN;
    (void)state;
    for (unsigned i = 0; i < (unsigned)n; i++) {
        time_ns at = schedule_next(&s);
        assert_true(at >= last);
        double gap = (double)(at - last) / 1e6;
        sum += gap;
        squares += gap * gap;
        last = at;
        schedule_take(&s);
    }
    double mean = sum / n;
    assert_true(fabs(mean - 1) < 0.02);
    assert_true(fabs(squares / n - mean * mean - 1) < 0.05); /* an exponential's variance */
}

static void test_another_rate(void **state)
{
    struct schedule s = make(10, false);
    (void)state;
    schedule_set_rate(&s, 100);
    schedule_take(&s);
    assert_int_equal(schedule_next(&s), ORIGIN + 10 * NS_PER_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_even),
        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_another_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
