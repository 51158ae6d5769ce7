/* The lane between two threads: order, loss, fullness, and the bell that is not overslept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>

#include "base/err.h"
#include "net/lane.h"

#define N_VALUES 200000u

static void gives_back_in_order_and_says_when_it_is_full(void **state)
{
    struct lane l;
    unsigned v;

    (void)state;
    assert_int_equal(lane_init(&l, &mem_libc, sizeof(v), 4), OK);
    for (unsigned lap = 0; lap < 3; lap++) {
        for (unsigned i = 0; i < 4; i++)
            assert_true(lane_push(&l, &i));
        v = 4;
        assert_false(lane_push(&l, &v));
        for (unsigned i = 0; i < 4; i++) {
            assert_true(lane_pop(&l, &v));
            assert_int_equal(v, i);
        }
        assert_false(lane_pop(&l, &v));
        assert_true(lane_is_empty(&l));
    }
    lane_fini(&l);
}

struct pair {
    struct lane lane;
    struct bell bell;
};

static void *write_all(void *arg)
{
    struct pair *p = arg;

    for (unsigned i = 0; i < N_VALUES; i++) {
        while (!lane_push(&p->lane, &i))
            bell_ring(&p->bell);
        if (i % 7 == 0)
            bell_ring(&p->bell);
    }
    bell_ring(&p->bell);
    return NULL;
}

static void sleep_for_more(struct pair *p)
{
    struct pollfd fd = {.fd = p->bell.fd, .events = POLLIN};

    bell_asleep(&p->bell);
    if (lane_is_empty(&p->lane))
        assert_int_equal(poll(&fd, 1, 30000), 1); /* 0: a value was overslept */
    bell_awake(&p->bell);
    bell_hush(&p->bell);
}

static void two_threads_lose_nothing_and_oversleep_nothing(void **state)
{
    struct pair p;
    pthread_t writer;
    unsigned next = 0, v;

    (void)state;
    assert_int_equal(lane_init(&p.lane, &mem_libc, sizeof(v), 64), OK);
    assert_int_equal(bell_init(&p.bell), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all, &p), 0);
    while (next < N_VALUES) {
        while (lane_pop(&p.lane, &v))
            assert_int_equal(v, next++);
        if (next < N_VALUES)
            sleep_for_more(&p);
    }
    pthread_join(writer, NULL);
    assert_true(lane_is_empty(&p.lane));
    bell_fini(&p.bell);
    lane_fini(&p.lane);
}

static void rings_only_for_a_sleeper(void **state)
{
    struct bell b;
    struct pollfd fd;

    (void)state;
    assert_int_equal(bell_init(&b), 0);
    fd = (struct pollfd){.fd = b.fd, .events = POLLIN};
    bell_ring(&b);
    assert_int_equal(poll(&fd, 1, 0), 0);
    bell_asleep(&b);
    bell_ring(&b);
    assert_int_equal(poll(&fd, 1, 0), 1);
    bell_hush(&b);
    bell_ring(&b); /* it was woken already */
    assert_int_equal(poll(&fd, 1, 0), 0);
    bell_ring_loud(&b);
    assert_int_equal(poll(&fd, 1, 0), 1);
    bell_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_in_order_and_says_when_it_is_full),
        cmocka_unit_test(two_threads_lose_nothing_and_oversleep_nothing),
        cmocka_unit_test(rings_only_for_a_sleeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
