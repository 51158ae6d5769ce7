/* Owns the wall clock's time of the week; everything else goes by a monotonic clock. */
#include "server/wall_clock.h"

#include <time.h>

#define PAUSE (30 * NS_PER_S)

void wall_clock_init(void)
{
    tzset();
}

time_ns wall_clock_week(void)
{
    struct timespec t;
    struct tm tm;

    if (clock_gettime(CLOCK_REALTIME, &t) != 0 || !localtime_r(&t.tv_sec, &tm))
        return 0;
    unsigned day = (unsigned)(tm.tm_wday + 6) % 7; /* tm_wday 0 is Sunday */
    uint64_t s = day * 86400u + (unsigned)tm.tm_hour * 3600u + (unsigned)tm.tm_min * 60u +
                 (unsigned)tm.tm_sec;

    return s * NS_PER_S + (time_ns)t.tv_nsec;
}

void wall_clock_tell(struct element *e, time_ns *told, time_ns now)
{
    if (*told != 0 && now - *told < PAUSE)
        return;
    *told = now;
    element_set_clock(e, wall_clock_week(), now);
}
