/* Decides how long packets may gather; knows no socket.
 *
 * A wake-up costs about five microseconds, several times what our own code needs for a message. At
 * a high rate a loop that wakes for each packet spends most of its time on waking, and catches up
 * only once it is saturated. So where PACE_LEAST messages or more arrive within PACE_MOST, the loop
 * looks at its sockets at set intervals instead: as long as PACE_AIM messages take at the present
 * rate, and never longer than PACE_MOST, which is nothing beside T1 or what a voice has on its way.
 * A sleep of its own costs as much as a wake-up, so below that rate there is none. The
 * rate is measured over windows of ten milliseconds and falls at once with the traffic: a quiet
 * server answers without delay.
 */
#include "net/pace.h"

#include <time.h>

#define WINDOW (10 * NS_PER_MS)

void pace_init(struct pace *p, time_ns now)
{
    *p = (struct pace){.window = now};
}

/* Rises by half the way each window, falls at once. */
static uint32_t smooth(uint32_t old, uint64_t measured)
{
    if (measured > UINT32_MAX)
        measured = UINT32_MAX;
    return measured < old ? (uint32_t)measured : (uint32_t)((old + measured + 1) / 2);
}

void pace_note(struct pace *p, unsigned n, time_ns now)
{
    p->count += n;
    if (now < p->window + WINDOW)
        return;
    p->rate = smooth(p->rate, p->count * NS_PER_S / (now - p->window));
    p->count = 0;
    p->window = now;
}

time_ns pace_period(const struct pace *p)
{
    if (p->rate < PACE_LEAST * NS_PER_S / PACE_MOST)
        return 0;
    return time_min(PACE_AIM * NS_PER_S / p->rate, PACE_MOST);
}

void pace_sleep(time_ns span)
{
    struct timespec t = {0, (long)time_min(span, PACE_MOST)};

    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}
