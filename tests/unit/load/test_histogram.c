/* Latencies are kept to within 1 in 128, whatever their size, and shares are never told too low. */
#include "load/histogram.h"
#include "rig.h"

static struct histogram h;

static void test_empty(void **state)
{
    (void)state;
    h = (struct histogram){0};
    assert_int_equal(histogram_at(&h, 0.5), 0);
    assert_true(histogram_mean_us(&h) == 0);
}

static void test_each_value_alone(void **state)
{
    (void)state;
    for (uint64_t us = 0; us <= UINT32_MAX; us = us * 3 / 2 + 1) {
        h = (struct histogram){0};
        histogram_add(&h, us * 1000);
        histogram_add(&h, (time_ns)UINT32_MAX * 1000);
        uint32_t told = histogram_at(&h, 0.5);
        assert_true(told >= us);
        assert_true(told - us <= us / 128);
        assert_int_equal(h.least_us, us);
    }
}

static void test_shares(void **state)
{
    (void)state;
    h = (struct histogram){0};
    for (unsigned i = 1; i <= 100; i++)
        histogram_add(&h, i * 1000);
    assert_int_equal(histogram_at(&h, 0), 1);
    assert_int_equal(histogram_at(&h, 0.5), 50);
    assert_int_equal(histogram_at(&h, 0.99), 99);
    assert_int_equal(histogram_at(&h, 1), 100);
    assert_int_equal(h.n, 100);
    assert_true(histogram_mean_us(&h) == 50.5);
}

static void test_what_is_too_long_is_the_longest(void **state)
{
    (void)state;
    h = (struct histogram){0};
    histogram_add(&h, 100000 * NS_PER_S);
    assert_int_equal(h.most_us, UINT32_MAX);
    assert_int_equal(histogram_at(&h, 1), UINT32_MAX);
}

static void test_merging(void **state)
{
    static struct histogram other;
    (void)state;
    h = other = (struct histogram){0};
    histogram_add(&other, 7000);
    histogram_add(&other, 9000);
    histogram_merge(&h, &other);
    assert_int_equal(h.least_us, 7);
    histogram_merge(&h, &other);
    assert_int_equal(h.n, 4);
    assert_int_equal(h.sum_us, 32);
    assert_int_equal(h.most_us, 9);
    assert_int_equal(histogram_at(&h, 0.5), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),   cmocka_unit_test(test_each_value_alone),
        cmocka_unit_test(test_shares),  cmocka_unit_test(test_what_is_too_long_is_the_longest),
        cmocka_unit_test(test_merging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
