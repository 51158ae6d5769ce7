/* Time as every machine sees it: nanoseconds of a monotonic clock, handed in, never read. */
#ifndef TANDEM_BASE_TIME_H
#define TANDEM_BASE_TIME_H

#include <stdint.h>

typedef uint64_t time_ns;

#define TIME_NEVER UINT64_MAX
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

/* `at` + `span`, saturating at TIME_NEVER. */
static inline time_ns time_add(time_ns at, time_ns span)
{
    return span > TIME_NEVER - at ? TIME_NEVER : at + span;
}

static inline time_ns time_min(time_ns a, time_ns b)
{
    return a < b ? a : b;
}

#endif
