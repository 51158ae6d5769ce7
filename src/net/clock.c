/* Reads the system's clocks; knows nothing of what the time is for. */
#include "net/clock.h"

#include <assert.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
    struct timespec t;
    int failed = clock_gettime(id, &t);

    assert(!failed);
    (void)failed;
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

void net_clock_init(struct net_clock *c)
{
    c->offset = read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC);
}

time_ns net_clock_now(const struct net_clock *c)
{
    return read_clock(CLOCK_MONOTONIC) + c->offset;
}

time_ns net_clock_at(const struct net_clock *c, uint64_t unix_ns)
{
    return net_clock_now(c) - (read_clock(CLOCK_REALTIME) - unix_ns);
}
