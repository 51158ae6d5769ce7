/* The configuration that holds now: replaced whole by one thread while others run by it. Each
 * thread that does so is a taker and says when it has gone over to the new one; then the old one is
 * freed, but for the first: what only a start can change is looked up in it to the end. */
#ifndef TANDEM_SERVER_CURRENT_H
#define TANDEM_SERVER_CURRENT_H

#include <stdatomic.h>

#include "base/limits.h"
#include "config/config.h"

#define CURRENT_TAKERS (LIMIT_WORKERS + 1) /* the boss is the last */

struct current {
    unsigned n_takers;
    struct config *first;     /* owned, to the end */
    struct config *now, *old; /* owned; `old` is NULL once nobody runs by it */
    _Atomic(const struct config *) shown;
    _Atomic unsigned generation;
    _Atomic unsigned taken[CURRENT_TAKERS]; /* by each, the generation that it runs by */
    _Atomic bool busy;                      /* somebody who is no taker looks, or replaces */
};

/* Takes `config` over. */
void current_init(struct current *c, struct config *config, unsigned n_takers);
/* Once all takers have ended. */
void current_fini(struct current *c);

/* In a taker's thread: what holds. Good until that taker says that it took a newer one. */
const struct config *current_config(const struct current *c);
/* In taker i's thread: has it not taken what holds now? */
bool current_is_new(const struct current *c, unsigned i);
void current_taken(struct current *c, unsigned i);

/* In a thread that is no taker: what holds, until current_release. For a look, not for a wait. */
const struct config *current_hold(struct current *c);
void current_release(struct current *c);

/* Takes `config` over; the takers must be woken. False: the last one was not taken by all yet, and
 * `config` is still the caller's. In any thread. */
MUST_USE bool current_replace(struct current *c, struct config *config);
/* Frees the old one once all have gone over. In any thread. */
void current_sweep(struct current *c);

#endif
