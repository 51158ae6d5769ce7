/* Delays of packets as shares, the oldest forgotten. */
#include "delay.h"

#include <stdbool.h>

/* The fastest packet of so long is what the others are measured by. */
#define STRETCH (4 * NS_PER_S)
#define MEMORY 500        /* packets */
#define MAY_BE_LATE 0.02F /* the share of packets that are not waited for */
/* What the pace of whoever plays may be off. */
#define MARGIN (20 * NS_PER_MS)
/* Before anything is known. */
#define FIRST_PACKETS 50
#define FIRST_TARGET (40 * NS_PER_MS)

void delay_begin(struct delay *d)
{
    *d = (struct delay){0};
}

static int64_t least(const struct delay *d)
{
    return d->least < d->least_before ? d->least : d->least_before;
}

/* The fastest packet of the last seconds was slower by `more` than the one before: all others were
 * late by less than they were taken for. */
static void shift(struct delay *d, int64_t more)
{
    uint64_t steps = (uint64_t)more / DELAY_STEP;
    for (unsigned i = 0; i < DELAY_STEPS && steps > 0; i++) {
        float share = d->share[i];
        d->share[i] = 0;
        d->share[i > steps ? i - steps : 0] += share;
    }
}

static void follow(struct delay *d, time_ns arrival, int64_t transit)
{
    if (d->packets == 0) {
        d->since = arrival;
        d->least = d->least_before = transit;
    } else if (arrival - d->since > STRETCH) {
        int64_t before = least(d);
        d->since = arrival;
        d->least_before = d->least;
        d->least = transit;
        shift(d, least(d) > before ? least(d) - before : 0);
    }
    d->least = transit < d->least ? transit : d->least;
}

/* What had to wait for the same hold-up, and came with the one before it, tells nothing new. */
static bool is_of_a_burst(const struct delay *d, time_ns arrival, time_ns late)
{
    return d->packets > 0 && arrival - d->arrival < DELAY_STEP && late < d->late;
}

static void count(struct delay *d, time_ns late)
{
    uint64_t step = late / DELAY_STEP;
    d->packets += d->packets < MEMORY;
    float weight = 1.0F / (float)d->packets;
    for (unsigned i = 0; i < DELAY_STEPS; i++)
        d->share[i] *= 1 - weight;
    d->share[step < DELAY_STEPS ? step : DELAY_STEPS - 1] += weight;
}

time_ns delay_take(struct delay *d, time_ns arrival, int64_t sent)
{
    int64_t transit = (int64_t)arrival - sent;
    follow(d, arrival, transit);
    time_ns late = (time_ns)(transit - least(d));
    if (!is_of_a_burst(d, arrival, late))
        count(d, late);
    d->arrival = arrival;
    d->late = late;
    return late;
}

time_ns delay_target(const struct delay *d)
{
    unsigned step = DELAY_STEPS - 1;
    for (float later = d->share[step]; step > 0 && later < MAY_BE_LATE;)
        later += d->share[--step];
    time_ns target = (step + 1) * DELAY_STEP + MARGIN;
    return d->packets < FIRST_PACKETS && target < FIRST_TARGET ? FIRST_TARGET : target;
}
