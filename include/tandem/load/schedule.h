/* When sessions begin: at an even rate, or at random with that rate (Poisson), whatever becomes of
 * those before. The times are those that were meant: latency counts from them, so that a far end
 * that stalls does not hide it (no coordinated omission). */
#ifndef TANDEM_LOAD_SCHEDULE_H
#define TANDEM_LOAD_SCHEDULE_H

#include "base/rand.h"
#include "base/time.h"
#include <stdbool.h>

struct schedule {
    double rate; /* a second */
    double next; /* when the next one is meant to begin, in nanoseconds since `origin` */
    time_ns origin;
    bool poisson;
    struct rand rand;
};

/* The first one begins at `now`, or where they are at random soon after. `rate`: above 0. */
void schedule_init(struct schedule *, time_ns now, double rate, bool poisson,
                   const struct rand_seed *);
/* From the next one on. */
void schedule_set_rate(struct schedule *, double rate);
/* When the next one is meant to begin. */
time_ns schedule_next(const struct schedule *);
/* It begins: on to the one behind it. */
void schedule_take(struct schedule *);

#endif
