/* Knows no thread but by its end. */
#include "server/thread_end.h"

#include <time.h>

#define LOOK_EVERY NS_PER_MS

static time_ns now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (time_ns)t.tv_sec * NS_PER_S + (time_ns)t.tv_nsec;
}

/* pthread_clockjoin_np would not have to look again and again, but no thread sanitizer knows it:
 * all that is done behind such an end would be told as a race. */
bool thread_ends_within(pthread_t thread, time_ns within)
{
    const struct timespec pause = {.tv_nsec = (long)LOOK_EVERY};
    time_ns until = now() + within;

    while (pthread_tryjoin_np(thread, NULL) != 0) {
        if (now() >= until)
            return false;
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    }
    return true;
}
