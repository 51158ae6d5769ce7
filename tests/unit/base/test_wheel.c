/* The timing wheel against a naive model, and its edges: order, jumps, far timers, deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "base/wheel.h"

#define MS NS_PER_MS
#define N_MODEL 64

struct model_timer {
    struct timer timer;
    uint64_t tick; /* when it fires; UINT64_MAX: not set */
    uint64_t order;
};

struct model {
    struct wheel wheel;
    struct model_timer timers[N_MODEL];
    time_ns now;
    uint64_t tick, n_set;
};

static uint64_t tick_up(time_ns at)
{
    return at / MS + (at % MS != 0);
}

static void model_init(struct model *m, time_ns now)
{
    m->now = now;
    m->tick = now / MS;
    m->n_set = 0;
    wheel_init(&m->wheel, now);
    for (unsigned i = 0; i < N_MODEL; i++) {
        timer_init(&m->timers[i].timer);
        m->timers[i].tick = UINT64_MAX;
    }
}

static void model_set(struct model *m, unsigned i, time_ns at)
{
    wheel_set(&m->wheel, &m->timers[i].timer, at);
    uint64_t tick = tick_up(at);
    m->timers[i].tick = at == TIME_NEVER ? UINT64_MAX : tick > m->tick ? tick : m->tick;
    m->timers[i].order = m->n_set++;
}

static struct model_timer *model_first(struct model *m)
{
    struct model_timer *best = NULL;
    for (unsigned i = 0; i < N_MODEL; i++) {
        struct model_timer *t = &m->timers[i];
        if (t->tick != UINT64_MAX &&
            (!best || t->tick < best->tick || (t->tick == best->tick && t->order < best->order)))
            best = t;
    }
    return best;
}

/* Pops one from both; they must agree. False: nothing is due. */
static bool model_pop(struct model *m)
{
    struct model_timer *expected = model_first(m);
    if (expected && expected->tick > m->now / MS && expected->tick > m->tick)
        expected = NULL;
    struct timer *got = wheel_pop(&m->wheel, m->now);
    assert_ptr_equal(got, expected ? &expected->timer : NULL);
    if (!expected) {
        if (m->now / MS > m->tick)
            m->tick = m->now / MS;
        return false;
    }
    assert_false(timer_is_set(got));
    if (expected->tick > m->tick)
        m->tick = expected->tick;
    expected->tick = UINT64_MAX;
    return true;
}

static void model_check_deadline(struct model *m)
{
    struct model_timer *first = model_first(m);
    time_ns deadline = wheel_deadline(&m->wheel);
    if (!first) {
        assert_true(deadline == TIME_NEVER);
        return;
    }
    assert_true(deadline != TIME_NEVER);
    assert_true(deadline / MS <= first->tick);
}

/* Spans from nanoseconds to centuries, each size as likely as another. */
static time_ns random_span(struct rand *r, unsigned max_bits)
{
    return rand_u64(r) >> (64 - 1 - rand_below(r, max_bits));
}

static void random_step(struct model *m, struct rand *r)
{
    unsigned i = (unsigned)rand_below(r, N_MODEL);
    switch (rand_below(r, 8)) {
    case 0:
        model_set(m, i, rand_below(r, m->now + 1));
        break;
    case 1:
        model_set(m, i, rand_below(r, 2) ? TIME_NEVER : m->now);
        break;
    case 2:
        wheel_stop(&m->wheel, &m->timers[i].timer);
        m->timers[i].tick = UINT64_MAX;
        break;
    case 3:
        m->now = time_add(m->now, random_span(r, 54));
        break;
    case 4:
        model_pop(m);
        break;
    default:
        model_set(m, i, time_add(m->now, random_span(r, 57)));
        break;
    }
}

static void agrees_with_a_naive_model(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct rand_seed s = rand_seed_from(seed);
        struct rand r;
        static struct model m;
        rand_init(&r, &s);
        model_init(&m, random_span(&r, 60));
        for (unsigned step = 0; step < 2000; step++) {
            random_step(&m, &r);
            model_check_deadline(&m);
            if (rand_below(&r, 16) == 0) {
                while (model_pop(&m))
                    model_check_deadline(&m);
            }
        }
    }
}

/* Waking at each deadline, and only then, must fire each timer in its own tick. */
static void following_the_deadline_is_never_late(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed < 140; seed++) {
        struct rand_seed s = rand_seed_from(seed);
        struct rand r;
        static struct model m;
        rand_init(&r, &s);
        model_init(&m, random_span(&r, 50));
        for (unsigned i = 0; i < N_MODEL; i++)
            model_set(&m, i, time_add(m.now, random_span(&r, 56)));
        unsigned wakes = 0;
        for (time_ns at; (at = wheel_deadline(&m.wheel)) != TIME_NEVER; wakes++) {
            struct model_timer *first = model_first(&m);
            uint64_t due = first->tick;
            if (at > m.now)
                m.now = at;
            assert_true(m.now / MS <= due || due <= m.tick);
            while (model_pop(&m))
                ;
        }
        assert_true(wakes < N_MODEL * (WHEEL_LEVELS + 1) + 100);
        assert_int_equal(m.wheel.n_timers, 0);
    }
}

static void fires_at_the_first_tick_that_is_not_before_its_time(void **state)
{
    (void)state;
    struct wheel w;
    struct timer t;
    timer_init(&t);
    wheel_init(&w, 7 * MS + 1);
    wheel_set(&w, &t, 10 * MS + 1);
    assert_true(wheel_deadline(&w) <= 11 * MS);
    assert_null(wheel_pop(&w, 10 * MS + 2));
    assert_null(wheel_pop(&w, 11 * MS - 1));
    assert_ptr_equal(wheel_pop(&w, 11 * MS), &t);
    assert_null(wheel_pop(&w, 11 * MS));
    assert_true(wheel_deadline(&w) == TIME_NEVER);
}

static void equal_times_come_in_the_order_of_setting(void **state)
{
    (void)state;
    struct wheel w;
    struct timer t[3];
    wheel_init(&w, 0);
    for (unsigned i = 0; i < 3; i++)
        timer_init(&t[i]);
    /* One from a high level, one from a middle, one from the lowest. */
    wheel_set(&w, &t[0], 5000 * MS);
    assert_null(wheel_pop(&w, 4950 * MS));
    wheel_set(&w, &t[1], 5000 * MS);
    assert_null(wheel_pop(&w, 4999 * MS));
    wheel_set(&w, &t[2], 5000 * MS);
    for (unsigned i = 0; i < 3; i++)
        assert_ptr_equal(wheel_pop(&w, 6000 * MS), &t[i]);
}

/* A machine woken late sets the next of its retransmissions in the past: it takes its place in the
 * order. */
static void what_is_set_while_popping_is_in_order(void **state)
{
    (void)state;
    struct wheel w;
    struct timer a, b;
    wheel_init(&w, 0);
    timer_init(&a);
    timer_init(&b);
    wheel_set(&w, &a, 500 * MS);
    wheel_set(&w, &b, 32000 * MS);
    assert_ptr_equal(wheel_pop(&w, 60000 * MS), &a);
    wheel_set(&w, &a, 1500 * MS);
    assert_ptr_equal(wheel_pop(&w, 60000 * MS), &a);
    assert_ptr_equal(wheel_pop(&w, 60000 * MS), &b);
    assert_null(wheel_pop(&w, 60000 * MS));
}

static void centuries_and_a_clock_that_goes_back(void **state)
{
    (void)state;
    struct wheel w;
    struct timer t[4];
    wheel_init(&w, 0);
    for (unsigned i = 0; i < 4; i++)
        timer_init(&t[i]);
    wheel_set(&w, &t[0], TIME_NEVER - 1);
    wheel_set(&w, &t[1], UINT64_MAX / 2);
    wheel_set(&w, &t[2], UINT64_MAX / 2 + 1000 * MS);
    wheel_set(&w, &t[3], 1);
    assert_ptr_equal(wheel_pop(&w, UINT64_MAX - 1), &t[3]);
    assert_ptr_equal(wheel_pop(&w, UINT64_MAX - 1), &t[1]);
    assert_ptr_equal(wheel_pop(&w, UINT64_MAX - 1), &t[2]);
    assert_null(wheel_pop(&w, UINT64_MAX - 1));
    assert_true(wheel_deadline(&w) != TIME_NEVER);
    wheel_stop(&w, &t[0]);
    wheel_set(&w, &t[1], 5);
    assert_ptr_equal(wheel_pop(&w, 6), &t[1]);
    assert_true(wheel_deadline(&w) == TIME_NEVER);
}

static void stopping_leaves_no_reason_to_wake(void **state)
{
    (void)state;
    struct wheel w;
    struct timer a, b;
    wheel_init(&w, 0);
    timer_init(&a);
    timer_init(&b);
    wheel_stop(&w, &a);
    wheel_set(&w, &a, 500 * MS);
    wheel_set(&w, &b, 500 * MS);
    wheel_stop(&w, &a);
    assert_true(wheel_deadline(&w) <= 500 * MS);
    wheel_set(&w, &b, TIME_NEVER);
    assert_false(timer_is_set(&b));
    assert_true(wheel_deadline(&w) == TIME_NEVER);
    assert_int_equal(w.n_timers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_naive_model),
        cmocka_unit_test(following_the_deadline_is_never_late),
        cmocka_unit_test(fires_at_the_first_tick_that_is_not_before_its_time),
        cmocka_unit_test(equal_times_come_in_the_order_of_setting),
        cmocka_unit_test(what_is_set_while_popping_is_in_order),
        cmocka_unit_test(centuries_and_a_clock_that_goes_back),
        cmocka_unit_test(stopping_leaves_no_reason_to_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
