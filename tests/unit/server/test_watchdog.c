/* A worker that does not turn is noticed at the next look, and no other way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/watchdog.h"

#define PATIENCE (8 * NS_PER_S)

static void test_looks_four_times_within_the_patience(void **state)
{
    (void)state;
    uint64_t turns[1] = {7};
    struct watchdog d;

    watchdog_init(&d, PATIENCE, turns, 1, NS_PER_S);
    assert_int_equal(d.next, 3 * NS_PER_S);
    turns[0]++;
    assert_true(watchdog_look(&d, turns, 1, 3 * NS_PER_S));
    assert_int_equal(d.next, 5 * NS_PER_S);
}

static void test_nobody_waits_for_it(void **state)
{
    (void)state;
    uint64_t turns[1] = {0};
    struct watchdog d;

    watchdog_init(&d, 0, turns, 1, NS_PER_S);
    assert_int_equal(d.next, TIME_NEVER);
}

static void test_one_that_is_stuck_keeps_it_silent(void **state)
{
    (void)state;
    static const struct {
        uint64_t turns[3];
        bool alive;
        unsigned stuck;
    } looks[] = {
        {{1, 1, 1}, true, LIMIT_WORKERS},
        {{2, 1, 2}, false, 1},
        {{3, 1, 2}, false, 1},
        {{4, 2, 2}, false, 2},
        {{4, 3, 3}, false, 0},
        {{5, 9, 4}, true, LIMIT_WORKERS},
    };
    uint64_t turns[3] = {0, 0, 0};
    struct watchdog d;

    watchdog_init(&d, PATIENCE, turns, 3, 0);
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        assert_int_equal(watchdog_look(&d, looks[i].turns, 3, d.next), looks[i].alive);
        assert_int_equal(d.stuck, looks[i].stuck);
    }
}

/* One that has not turned once since the start is stuck, too. */
static void test_the_first_look_counts(void **state)
{
    (void)state;
    uint64_t turns[2] = {5, 5}, then[2] = {6, 5};
    struct watchdog d;

    watchdog_init(&d, PATIENCE, turns, 2, 0);
    assert_false(watchdog_look(&d, then, 2, d.next));
    assert_int_equal(d.stuck, 1);
}

static void test_as_many_workers_as_there_can_be(void **state)
{
    (void)state;
    uint64_t turns[LIMIT_WORKERS] = {0}, then[LIMIT_WORKERS];
    struct watchdog d;

    watchdog_init(&d, PATIENCE, turns, LIMIT_WORKERS, 0);
    for (unsigned i = 0; i < LIMIT_WORKERS; i++)
        then[i] = i < LIMIT_WORKERS - 1;
    assert_false(watchdog_look(&d, then, LIMIT_WORKERS, d.next));
    assert_int_equal(d.stuck, LIMIT_WORKERS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks_four_times_within_the_patience),
        cmocka_unit_test(test_nobody_waits_for_it),
        cmocka_unit_test(test_one_that_is_stuck_keeps_it_silent),
        cmocka_unit_test(test_the_first_look_counts),
        cmocka_unit_test(test_as_many_workers_as_there_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
