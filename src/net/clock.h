/* The clock that the machines' `now` is read from. */
#ifndef TANDEM_NET_CLOCK_H
#define TANDEM_NET_CLOCK_H

#include "base/time.h"

/* Monotonic nanoseconds whose origin is chosen so that they equalled unix time when the clock was
 * made: ends of life written down mean the same to whoever reads them, and no step of the system's
 * clock moves a timer. One clock is made by a process and read by all its threads. */
struct net_clock {
    uint64_t offset;
};

void net_clock_init(struct net_clock *c);
time_ns net_clock_now(const struct net_clock *c);
/* When that was by this clock which was `unix_ns` by the system's, a moment ago. */
time_ns net_clock_at(const struct net_clock *c, uint64_t unix_ns);

#endif
