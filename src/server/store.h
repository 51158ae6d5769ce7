/* What all workers ask for records: where users are and who may say to be whom. Answers come at
 * once, but for a write that has to last: that is told when it does. */
#ifndef TANDEM_SERVER_STORE_H
#define TANDEM_SERVER_STORE_H

#include "net/clock.h"
#include "net/lane.h"
#include "server/keeper.h"
#include "server/location.h"

struct store;

/* Records in memory alone, with nothing in them. NULL: no memory, no entropy. */
struct store *store_new(struct mem *mem);
/* Makes it last in the folder from now on, after what is there was read; the keeper's thread runs.
 * `config` is copied but for what it points to; the store adds an asker of its own. False: the
 * fault says why. */
MUST_USE bool store_keep(struct store *s, const char *folder, const struct keeper_config *config,
                         struct store_fault *fault);
/* Ends the thread once everything that waits is written. NULL is legal. False: the disk let
 * `within` pass; store, bells and log then have to stay as they are until the process ends. */
MUST_USE bool store_free(struct store *s, time_ns within);
/* Once nobody asks any more: the writes that nobody was told of, which may last or not. */
size_t store_unanswered(const struct store *s);

/* Questions that are asked one behind the other wait for memory one behind the other, too, where
 * many records are kept: what so many will look at is fetched for all of them at once. */
#define STORE_TOGETHER 32
void store_prefetch(struct store *s, const struct store_ask *asks, unsigned n);
/* In the asker's thread. True: *answer is the answer, its value in *copy, a block of `pool` that
 * the caller gives back (may be NULL). False: it will come by store_answer. */
MUST_USE bool store_ask(struct store *s, struct locations_asker who, const struct store_ask *ask,
                        time_ns now, struct block_pool *pool, struct store_answer *answer,
                        struct block **copy);
/* Takes an answer, in the asker's thread. False: none is there. */
MUST_USE bool store_answer(struct store *s, unsigned asker, struct store_answer *out);
bool store_has_answer(const struct store *s, unsigned asker);

/* The asker that the store adds, for one thread beside the workers, and the bell that is rung when
 * it has an answer; its descriptor is -1 where all answers come at once. */
unsigned store_beside(const struct store *s);
struct bell *store_bell(struct store *s);

/* Forgets some of what has ended; one thread calls it now and then. */
void store_sweep(struct store *s, time_ns now);
/* In any thread. */
struct locations *store_locations(struct store *s);
size_t store_accounts(struct store *s);
/* locations_walk over the accounts. */
size_t store_walk_accounts(struct store *s, struct location_walk *walk,
                           char space[LOCATION_WALK_BYTES], struct location_record *out,
                           size_t max);
/* In any thread: the accounts' file was changed; else it is noticed within a second. */
void store_nudge(struct store *s);
/* How it fares; all zero where nothing is kept. In any thread. */
void store_stats(const struct store *s, struct keeper_stats *out);

#endif
