/* How long to let packets gather before waking up for them. */
#ifndef TANDEM_NET_PACE_H
#define TANDEM_NET_PACE_H

#include <stdbool.h>

#include "base/time.h"

struct pace {
    time_ns window; /* when the count began */
    uint32_t count; /* messages since then … */
    uint32_t slow;  /* … and how many of them wait for a disk */
    uint32_t rate;  /* messages a second, smoothed */
    bool patient;   /* many of the last window's waited for a disk */
};

void pace_init(struct pace *p, time_ns now);
/* `n` messages were read at `now`, `slow` of them are answered once a commit is done; 0 is legal
 * and lets the rate sink. */
void pace_note(struct pace *p, unsigned n, unsigned slow, time_ns now);
/* Nanoseconds from one look at the sockets to the next; 0: wait for them instead. At most
 * PACE_MOST, or PACE_PATIENT where many messages wait for a disk. */
time_ns pace_period(const struct pace *p);

#define PACE_MOST (500 * UINT64_C(1000))
#define PACE_PATIENT NS_PER_MS
#define PACE_SLOW 3         /* "many" is one of so many */
#define PACE_LEAST 2        /* messages that a wake-up must find to be worth waiting for */
#define PACE_AIM 8          /* messages after which waiting longer gains little … */
#define PACE_PATIENT_AIM 24 /* … and nothing, where they wait for a disk anyway */

/* Sleeps for `span`; at most PACE_PATIENT. */
void pace_sleep(time_ns span);

#endif
