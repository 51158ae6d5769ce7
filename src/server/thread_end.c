/* Knows no thread but by its end. */
#include "server/thread_end.h"

#include <time.h>

bool thread_ends_within(pthread_t thread, time_ns within)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    time_ns at = (time_ns)until.tv_sec * NS_PER_S + (time_ns)until.tv_nsec + within;
    until.tv_sec = (time_t)(at / NS_PER_S);
    until.tv_nsec = (long)(at % NS_PER_S);
    return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) == 0;
}
