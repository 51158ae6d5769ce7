/* Waiting: how long, and when the alarm is left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/loop.h"

#define START (1000 * NS_PER_S) /* any clock serves: only spans count */

static int setup(void **state)
{
    static struct loop loop;

    *state = &loop;
    return loop_init(&loop);
}

static int teardown(void **state)
{
    loop_fini(*state);
    return 0;
}

static void the_past_is_not_waited_for(void **state)
{
    struct loop_event e[LOOP_EVENTS];
    struct loop *l = *state;

    assert_int_equal(loop_wait(l, START, START, e), 0);
    assert_int_equal(loop_wait(l, START, 0, e), 0);
    assert_true(l->rings == TIME_NEVER);
}

static void a_time_ends_the_wait(void **state)
{
    struct loop_event e[LOOP_EVENTS];
    struct loop *l = *state;

    for (unsigned i = 0; i < 3; i++) {
        time_ns now = START + i * NS_PER_S;

        assert_int_equal(loop_wait(l, now, now + NS_PER_MS, e), 0);
        assert_true(l->rings == TIME_NEVER);
    }
}

/* An alarm that comes first stays: the caller wakes early and asks again. One that comes too late,
 * or has come, does not. */
static void the_alarm_is_moved_only_forward(void **state)
{
    static const struct {
        time_ns rings, until, after;
    } rows[] = {
        {START + 5, START + 9, START + 5},
        {START + 9, START + 5, START + 5},
        {START - 1, START + 5, START + 5},
        {TIME_NEVER, START + 5, START + 5},
    };
    struct loop *l = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct loop_event e[LOOP_EVENTS];

        /* what is set rings at once: the wait ends and forgets it */
        assert_int_equal(loop_wait(l, START, START + 1, e), 0);
        l->rings = rows[i].rings;
        loop_set_alarm(l, START, rows[i].until);
        assert_true(l->rings == rows[i].after);
        l->rings = TIME_NEVER;
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_past_is_not_waited_for),
        T(a_time_ends_the_wait),
        T(the_alarm_is_moved_only_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
