/* Compares counters of turns with what they were at the last look. */
#include "server/watchdog.h"

#include <string.h>

#define LOOKS 4

void watchdog_init(struct watchdog *d, time_ns patience, const uint64_t *turns, unsigned n,
                   time_ns now)
{
    d->every = patience / LOOKS;
    d->next = d->every ? time_add(now, d->every) : TIME_NEVER;
    d->stuck = LIMIT_WORKERS;
    memcpy(d->seen, turns, n * sizeof(*turns));
}

bool watchdog_look(struct watchdog *d, const uint64_t *turns, unsigned n, time_ns now)
{
    d->stuck = LIMIT_WORKERS;
    for (unsigned i = n; i-- > 0;) {
        if (turns[i] == d->seen[i])
            d->stuck = i;
        d->seen[i] = turns[i];
    }
    d->next = time_add(now, d->every);
    return d->stuck == LIMIT_WORKERS;
}
