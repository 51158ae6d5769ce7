/* How long each transaction timer runs; knows neither states nor messages. */
#include "tx/timers.h"

#include <assert.h>

struct tx_timers tx_timers_default(void)
{
    return (struct tx_timers){
        .t1 = 500 * NS_PER_MS,
        .t2 = 4 * NS_PER_S,
        .t4 = 5 * NS_PER_S,
        .d_min = 32 * NS_PER_S,
        .trying = 200 * NS_PER_MS,
    };
}

const char *tx_timer_name(enum tx_timer t)
{
    static const char *const names[N_TX_TIMERS] = {"-", "A", "B", "D", "E", "F",   "G",    "H",
                                                   "I", "J", "K", "L", "M", "100", "quiet"};
    assert(t < N_TX_TIMERS);
    return names[t];
}

/* RFC 4320 4.1: the sum of Timer E's intervals until it is reset to T2. */
static time_ns quiet_span(const struct tx_timers *t)
{
    time_ns sum = 0;
    for (time_ns interval = t->t1; interval > 0 && interval < t->t2; interval *= 2)
        sum += interval;
    return sum;
}

time_ns tx_timer_span(const struct tx_timers *t, enum tx_timer which, bool reliable)
{
    switch (which) {
    case TIMER_A:
    case TIMER_E:
    case TIMER_G:
        return reliable ? TIME_NEVER : t->t1;
    case TIMER_B:
    case TIMER_F:
    case TIMER_H:
    case TIMER_L:
    case TIMER_M:
        return 64 * t->t1;
    case TIMER_D:
        if (reliable)
            return 0;
        return 64 * t->t1 > t->d_min ? 64 * t->t1 : t->d_min;
    case TIMER_J:
        return reliable ? 0 : 64 * t->t1;
    case TIMER_I:
    case TIMER_K:
        return reliable ? 0 : t->t4;
    case TIMER_TRYING:
        return t->trying;
    case TIMER_QUIET:
        return quiet_span(t);
    case TIMER_NONE:
    case N_TX_TIMERS:
        break;
    }
    return TIME_NEVER;
}
