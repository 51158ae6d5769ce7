/* The transaction timers in virtual time: when each fires, on which transport, and what a late wake
 * does. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "tx/tx.h"

#define MS NS_PER_MS

static struct tx_timers timers;
static struct tx t;
static time_ns now;

/* Runs the machine to `until`; notes in `at` (ms) each time `event` fires; returns how often. */
static size_t run(enum tx_event event, time_ns until, unsigned *at, size_t max)
{
    size_t n = 0;
    enum tx_event due;
    while (t.state != TX_TERMINATED && tx_deadline(&t) <= until) {
        now = tx_deadline(&t);
        assert_true(tx_due(&t, now, &due));
        tx_step(&t, due, &timers, now);
        if (due == event && n < max)
            at[n++] = (unsigned)(now / MS);
    }
    return n;
}

static void begin(enum tx_kind kind, bool reliable)
{
    timers = tx_timers_default();
    now = 0;
    tx_start(&t, kind, reliable, &timers, now);
}

static void expect(const unsigned *at, size_t n, const unsigned *wanted, size_t n_wanted)
{
    assert_int_equal(n, n_wanted);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(at[i], wanted[i]);
}

#define EXPECT(at, n, ...)                                          \
    do {                                                            \
        const unsigned wanted_[] = {__VA_ARGS__};                   \
        expect(at, n, wanted_, sizeof wanted_ / sizeof wanted_[0]); \
    } while (0)

/* RFC 3261 17.1.1.2: seven requests in 64*T1 */
static void timer_a_doubles_until_b(void **state)
{
    (void)state;
    unsigned at[32];
    begin(TX_INVITE_CLIENT, false);
    EXPECT(at, run(TX_FIRE_A, TIME_NEVER - 1, at, 32), 500, 1500, 3500, 7500, 15500, 31500);
    assert_int_equal(now, 32000 * MS);
    assert_int_equal(t.state, TX_TERMINATED);
}

/* RFC 3261 17.1.1.2, 17.1.2.2: no retransmission over reliable transports */
static void reliable_transports_do_not_retransmit(void **state)
{
    (void)state;
    unsigned at[32];
    begin(TX_INVITE_CLIENT, true);
    assert_int_equal(run(TX_FIRE_A, TIME_NEVER - 1, at, 32), 0);
    assert_int_equal(now, 32000 * MS);
    begin(TX_NON_INVITE_CLIENT, true);
    assert_int_equal(run(TX_FIRE_E, TIME_NEVER - 1, at, 32), 0);
    assert_int_equal(now, 32000 * MS);
    begin(TX_INVITE_SERVER, true);
    tx_step(&t, TX_SEND_FINAL, &timers, now);
    assert_int_equal(run(TX_FIRE_G, TIME_NEVER - 1, at, 32), 0);
    assert_int_equal(now, 32000 * MS);
}

/* RFC 3261 17.1.2.2: 500 ms, 1 s, 2 s, 4 s, 4 s … */
static void timer_e_doubles_up_to_t2(void **state)
{
    (void)state;
    unsigned at[32];
    begin(TX_NON_INVITE_CLIENT, false);
    EXPECT(at, run(TX_FIRE_E, TIME_NEVER - 1, at, 32), 500, 1500, 3500, 7500, 11500, 15500, 19500,
           23500, 27500, 31500);
    assert_int_equal(now, 32000 * MS);
}

/* RFC 3261 17.1.2.2: in Proceeding E goes on, then every T2; F is not started anew */
static void timer_e_in_proceeding_is_t2(void **state)
{
    (void)state;
    unsigned at[32];
    begin(TX_NON_INVITE_CLIENT, false);
    tx_step(&t, TX_RECV_1XX, &timers, 100 * MS);
    EXPECT(at, run(TX_FIRE_E, TIME_NEVER - 1, at, 32), 500, 4500, 8500, 12500, 16500, 20500, 24500,
           28500);
    assert_int_equal(now, 32000 * MS);
    assert_int_equal(t.state, TX_TERMINATED);
}

/* RFC 3261 17.2.1: G at T1, doubling up to T2; H at 64*T1 */
static void timer_g_until_h(void **state)
{
    (void)state;
    unsigned at[32];
    begin(TX_INVITE_SERVER, false);
    tx_step(&t, TX_SEND_FINAL, &timers, now);
    EXPECT(at, run(TX_FIRE_G, TIME_NEVER - 1, at, 32), 500, 1500, 3500, 7500, 11500, 15500, 19500,
           23500, 27500, 31500);
    assert_int_equal(now, 32000 * MS);
}

struct end {
    enum tx_kind kind;
    enum tx_event events[2];
    size_t n_events;
    unsigned unreliable_ms, reliable_ms;
};

/* How long each last state lasts. RFC 3261 17, RFC 6026 */
static void ends_of_life(void **state)
{
    (void)state;
    static const struct end ends[] = {
        {TX_INVITE_CLIENT, {TX_RECV_FINAL}, 1, 32000, 0},             /* D */
        {TX_INVITE_CLIENT, {TX_RECV_2XX}, 1, 32000, 32000},           /* M */
        {TX_NON_INVITE_CLIENT, {TX_RECV_FINAL}, 1, 5000, 0},          /* K */
        {TX_INVITE_SERVER, {TX_SEND_FINAL}, 1, 32000, 32000},         /* H */
        {TX_INVITE_SERVER, {TX_SEND_FINAL, TX_RECV_ACK}, 2, 5000, 0}, /* I */
        {TX_INVITE_SERVER, {TX_SEND_2XX}, 1, 32000, 32000},           /* L */
        {TX_NON_INVITE_SERVER, {TX_SEND_2XX}, 1, 32000, 0},           /* J */
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        for (unsigned reliable = 0; reliable < 2; reliable++) {
            unsigned at[1];
            begin(ends[i].kind, reliable);
            for (size_t k = 0; k < ends[i].n_events; k++)
                tx_step(&t, ends[i].events[k], &timers, now);
            run(TX_FIRE_A, TIME_NEVER - 1, at, 0);
            assert_int_equal(t.state, TX_TERMINATED);
            assert_int_equal(now / MS, reliable ? ends[i].reliable_ms : ends[i].unreliable_ms);
        }
}

/* RFC 3261 17.1.1.2: at least 32 s, whatever T1 */
static void timer_d_has_a_minimum(void **state)
{
    (void)state;
    struct tx_timers quick = tx_timers_default(), slow = quick;
    quick.t1 = 10 * MS;
    slow.t1 = 2000 * MS;
    assert_int_equal(tx_timer_span(&quick, TIMER_D, false), 32000 * MS);
    assert_int_equal(tx_timer_span(&slow, TIMER_D, false), 128000 * MS);
    assert_int_equal(tx_timer_span(&quick, TIMER_D, true), 0);
}

/* RFC 3261 17.2.1: 100 after 200 ms of silence, none where the TU has spoken */
static void trying_after_200_ms(void **state)
{
    (void)state;
    enum tx_event due;
    begin(TX_INVITE_SERVER, false);
    assert_false(tx_due(&t, 199 * MS, &due));
    assert_true(tx_due(&t, 200 * MS, &due));
    assert_int_equal(tx_step(&t, due, &timers, 200 * MS), TX_SEND_TRYING);
    assert_int_equal(tx_deadline(&t), TIME_NEVER);
    begin(TX_INVITE_SERVER, false);
    tx_step(&t, TX_SEND_1XX, &timers, 50 * MS);
    assert_int_equal(tx_deadline(&t), TIME_NEVER);
}

/* RFC 4320 4.1: when Timer E is reset to T2: 3.5 s with the default values */
static void quiet_until_timer_e_is_t2(void **state)
{
    (void)state;
    enum tx_event due;
    begin(TX_NON_INVITE_SERVER, false);
    assert_int_equal(tx_deadline(&t), 3500 * MS);
    assert_true(tx_due(&t, 3500 * MS, &due));
    assert_int_equal(tx_step(&t, due, &timers, 3500 * MS), TX_SEND_TRYING);
    assert_int_equal(tx_deadline(&t), 32000 * MS);
}

/* RFC 3263 4.3: a place that is tried after others has what is left of the request's time. An end
 * is never put off, and none is made where there is none. */
static void an_end_may_come_sooner(void **state)
{
    (void)state;
    unsigned at[1];
    begin(TX_NON_INVITE_CLIENT, false);
    tx_end_by(&t, 40000 * MS);
    assert_int_equal(run(TX_FIRE_F, 31999 * MS, at, 1), 0);
    tx_end_by(&t, 31999 * MS);
    EXPECT(at, run(TX_FIRE_F, TIME_NEVER - 1, at, 1), 31999);
    assert_int_equal(t.state, TX_TERMINATED);
    begin(TX_INVITE_SERVER, false);
    tx_step(&t, TX_SEND_1XX, &timers, now);
    tx_end_by(&t, 1000 * MS);
    assert_int_equal(tx_deadline(&t), TIME_NEVER);
}

/* RFC 3263 4.3: a place that was left for the next one is listened to for its time, no more. */
static void a_hushed_transaction_sends_nothing_again(void **state)
{
    (void)state;
    unsigned at[1];
    begin(TX_INVITE_CLIENT, false);
    tx_hush(&t);
    assert_int_equal(run(TX_FIRE_A, TIME_NEVER - 1, at, 1), 0);
    assert_int_equal(now, 32000 * MS);
    assert_int_equal(t.state, TX_TERMINATED);
}

/* Late by a minute: the end wins, nothing is sent; late by less: one retransmission, the next from
 * now on. */
static void a_late_wake_floods_nobody(void **state)
{
    (void)state;
    enum tx_event due;
    begin(TX_INVITE_CLIENT, false);
    assert_true(tx_due(&t, 60000 * MS, &due));
    assert_int_equal(due, TX_FIRE_B);
    begin(TX_INVITE_CLIENT, false);
    assert_true(tx_due(&t, 20000 * MS, &due));
    assert_int_equal(due, TX_FIRE_A);
    tx_step(&t, due, &timers, 20000 * MS);
    assert_int_equal(tx_deadline(&t), 21000 * MS);
}

/* RFC 3261 9.1 */
static void a_cancelled_invite_ends_by_timer_b(void **state)
{
    (void)state;
    enum tx_event due;
    begin(TX_INVITE_CLIENT, false);
    tx_step(&t, TX_RECV_1XX, &timers, 0);
    assert_int_equal(tx_deadline(&t), TIME_NEVER);
    tx_cancelled(&t, &timers, 10000 * MS);
    assert_true(tx_due(&t, 42000 * MS, &due));
    assert_int_equal(tx_step(&t, due, &timers, 42000 * MS), TX_TIMEOUT);
    assert_int_equal(t.state, TX_TERMINATED);
}

/* RFC 3261 17.1.2.1: settable values */
/* A machine that was not woken in time: what arrives meanwhile does not end it without the timeout
 * that its TU waits for. */
static void an_overdue_end_is_still_told(void **state)
{
    (void)state;
    enum tx_event due;
    begin(TX_INVITE_CLIENT, true);
    tx_step(&t, TX_RECV_1XX, &timers, 0);
    tx_cancelled(&t, &timers, 0);
    assert_int_equal(tx_step(&t, TX_RECV_1XX, &timers, 40 * NS_PER_S), TX_DELIVER);
    assert_int_equal(t.state, TX_PROCEEDING);
    assert_true(tx_due(&t, 40 * NS_PER_S, &due) && due == TX_FIRE_B);
    assert_int_equal(tx_step(&t, due, &timers, 40 * NS_PER_S), TX_TIMEOUT);
    begin(TX_NON_INVITE_CLIENT, false);
    assert_int_equal(tx_step(&t, TX_RECV_1XX, &timers, 40 * NS_PER_S), TX_DELIVER);
    assert_int_equal(t.state, TX_PROCEEDING);
    assert_true(tx_due(&t, 40 * NS_PER_S, &due) && due == TX_FIRE_F);
    assert_int_equal(tx_step(&t, due, &timers, 40 * NS_PER_S), TX_TIMEOUT);
}

static void other_values_are_obeyed(void **state)
{
    (void)state;
    unsigned at[8];
    begin(TX_NON_INVITE_CLIENT, false);
    timers.t1 = 100 * MS;
    timers.t2 = 300 * MS;
    tx_start(&t, TX_NON_INVITE_CLIENT, false, &timers, 0);
    EXPECT(at, run(TX_FIRE_E, 1500 * MS, at, 8), 100, 300, 600, 900, 1200, 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_a_doubles_until_b),
        cmocka_unit_test(reliable_transports_do_not_retransmit),
        cmocka_unit_test(timer_e_doubles_up_to_t2),
        cmocka_unit_test(timer_e_in_proceeding_is_t2),
        cmocka_unit_test(timer_g_until_h),
        cmocka_unit_test(ends_of_life),
        cmocka_unit_test(timer_d_has_a_minimum),
        cmocka_unit_test(trying_after_200_ms),
        cmocka_unit_test(quiet_until_timer_e_is_t2),
        cmocka_unit_test(a_late_wake_floods_nobody),
        cmocka_unit_test(a_cancelled_invite_ends_by_timer_b),
        cmocka_unit_test(an_overdue_end_is_still_told),
        cmocka_unit_test(an_end_may_come_sooner),
        cmocka_unit_test(a_hushed_transaction_sends_nothing_again),
        cmocka_unit_test(other_values_are_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
