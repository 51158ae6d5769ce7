/* A hierarchical timing wheel with ticks of one millisecond. A timer fires at the first tick that
 * is not before its time. Adding and removing are O(1); nothing is called back: due timers are
 * popped. */
#ifndef TANDEM_BASE_WHEEL_H
#define TANDEM_BASE_WHEEL_H

#include <stdbool.h>

#include "base/list.h"
#include "base/time.h"

/* Wide levels, so that a timer of half a minute, which is what most are, moves once on its way. */
#define WHEEL_LEVELS 4
#define WHEEL_SLOTS 256

struct timer {
    struct list node;
    time_ns at; /* TIME_NEVER while it is not set */
};

struct wheel {
    struct list slots[WHEEL_LEVELS][WHEEL_SLOTS];
    uint64_t used[WHEEL_LEVELS][WHEEL_SLOTS / 64]; /* a bit for each slot that holds something */
    struct list far;                               /* beyond the wheel's reach, seven weeks */
    struct list due;
    uint64_t tick; /* milliseconds already turned */
    uint64_t n_timers;
};

void wheel_init(struct wheel *w, time_ns now);
void timer_init(struct timer *t);
/* Sets or moves. A time in the past is due at once and counts as the present; TIME_NEVER stops it;
 * one beyond the wheel's reach waits apart until the wheel comes near. */
void wheel_set(struct wheel *w, struct timer *t, time_ns at);
/* Legal for a timer that is not set. */
void wheel_stop(struct wheel *w, struct timer *t);
static inline bool timer_is_set(const struct timer *t)
{
    return t->at != TIME_NEVER;
}

/* Takes out one timer that is due at `now`, in the order of their times within a tick's precision
 * (equal ones in the order in which they were set); NULL when none is. The wheel turns no further
 * than the timer that it gives, so one that is set meanwhile takes its place in the order. The
 * clock may jump any distance: cost is bounded by slots and timers, not by ticks. A clock that went
 * back is waited for. */
struct timer *wheel_pop(struct wheel *w, time_ns now);
/* Not after the next timer's time, rounded up to its tick; may be early by design (a cascade),
 * never late. TIME_NEVER when none is set. */
time_ns wheel_deadline(const struct wheel *w);

#endif
