/* How long packets are waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/delay.h"

/* n packets, 20 ms apart, each on its way for `ms` and for `more` besides every tenth time. */
static void feed(struct delay *d, unsigned *at, unsigned n, unsigned ms, unsigned more)
{
    for (unsigned i = 0; i < n; i++, ++*at) {
        time_ns sent = (1000 + *at * 20) * NS_PER_MS;
        (void)delay_take(d, sent + (ms + (i % 10 == 9 ? more : 0)) * NS_PER_MS, (int64_t)sent);
    }
}

static unsigned target_ms(const struct delay *d)
{
    return (unsigned)(delay_target(d) / NS_PER_MS);
}

static void test_delay(void **state)
{
    struct delay d;
    unsigned at = 0;
    (void)state;
    delay_begin(&d);
    assert_int_equal(target_ms(&d), 40); /* before anything is known */
    feed(&d, &at, 100, 50, 0);
    assert_in_range(target_ms(&d), 20, 30);
    feed(&d, &at, 300, 50, 80);
    assert_in_range(target_ms(&d), 95, 115);
    /* the way is longer, and as even as it was before: only the other delays count */
    feed(&d, &at, 1000, 200, 0);
    assert_in_range(target_ms(&d), 20, 115);
    feed(&d, &at, 1500, 200, 0);
    assert_in_range(target_ms(&d), 20, 30);
    feed(&d, &at, 100, 200, 5000);
    assert_true(delay_target(&d) <= (LIMIT_JITTER_MS + 20) * NS_PER_MS);
}

/* A second of packets that come at once is one hold-up, not fifty. */
static void test_delay_of_a_burst(void **state)
{
    struct delay d;
    unsigned at = 0;
    (void)state;
    delay_begin(&d);
    feed(&d, &at, 200, 50, 0);
    for (unsigned i = 0; i < 50; i++)
        (void)delay_take(&d, (1050 + (at + 50) * 20) * NS_PER_MS,
                         (int64_t)((1000 + (at + i) * 20) * NS_PER_MS));
    at += 50;
    feed(&d, &at, 50, 50, 0);
    assert_in_range(target_ms(&d), 20, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_delay),
                                       cmocka_unit_test(test_delay_of_a_burst)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
