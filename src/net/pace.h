/* How long to let packets gather before waking up for them. */
#ifndef TANDEM_NET_PACE_H
#define TANDEM_NET_PACE_H

#include <stdbool.h>

#include "base/time.h"

struct pace {
    time_ns window; /* when the count began */
    uint32_t count; /* messages since then */
    uint32_t rate;  /* messages a second, smoothed */
};

void pace_init(struct pace *p, time_ns now);
/* `n` messages were read at `now`; 0 is legal and lets the rate sink. */
void pace_note(struct pace *p, unsigned n, time_ns now);
/* Nanoseconds from one look at the sockets to the next; 0: wait for them instead. At most
 * PACE_MOST. */
time_ns pace_period(const struct pace *p);

#define PACE_MOST NS_PER_MS
#define PACE_LEAST 2 /* messages that a wake-up must find to be worth waiting for */
#define PACE_AIM 16  /* messages after which waiting longer gains little */

/* Sleeps for `span`; at most PACE_MOST. */
void pace_sleep(time_ns span);

#endif
