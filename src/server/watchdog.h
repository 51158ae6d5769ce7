/* Whether every worker still turns: looked at from time to time, by counters. Knows no thread. */
#ifndef TANDEM_SERVER_WATCHDOG_H
#define TANDEM_SERVER_WATCHDOG_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/time.h"

struct watchdog {
    time_ns every;  /* 0: nobody waits for signs of life */
    time_ns next;   /* the next look; TIME_NEVER where there is none */
    unsigned stuck; /* LIMIT_WORKERS: none; else the first that had not turned at the last look */
    uint64_t seen[LIMIT_WORKERS];
};

/* `patience`: how long the service manager waits; 0: it does not. It is looked four times within
 * it, so that one that hangs for a moment is forgiven. `turns`: what the workers have counted. */
void watchdog_init(struct watchdog *d, time_ns patience, const uint64_t *turns, unsigned n,
                   time_ns now);
/* At `next` or later; every worker is woken after each look. True: each of them has turned since
 * the last one, and the manager may be told. */
bool watchdog_look(struct watchdog *d, const uint64_t *turns, unsigned n, time_ns now);

#endif
