/* Records that all workers share: the store's tables, striped behind locks that are held for one
 * operation. Knows nothing of what the records say, nor where they are kept besides. */
#ifndef TANDEM_SERVER_LOCATION_H
#define TANDEM_SERVER_LOCATION_H

#include "base/attr.h"
#include "base/block.h"
#include "base/limits.h"
#include "base/siphash.h"
#include "engine/store_ask.h"
#include "store/location.h"

struct locations;

/* `max` records. NULL: no memory. */
struct locations *locations_new(struct mem *mem, const struct hash_key *key, size_t max);
/* Writes that still wait are dropped. NULL is legal. */
void locations_free(struct locations *l);

/* Where a key's record is. */
struct locations_place {
    unsigned stripe;
    uint64_t hash;
};
/* As of location_prefetch. */
void locations_prefetch(struct locations *l, struct str key, struct locations_place *out);
void locations_prefetch_record(struct locations *l, const struct locations_place *place);
/* Does what is asked, in memory. answer->value points into *copy, a block of `pool` that the caller
 * gives back; NULL where the value is empty. answer->query is left alone. */
void locations_ask(struct locations *l, const struct store_ask *ask, time_ns now,
                   struct block_pool *pool, struct store_answer *answer, struct block **copy);
/* Drops some records past their end; each call goes on where the last one stopped. One thread calls
 * it. */
void locations_sweep(struct locations *l, time_ns now);
size_t locations_count(struct locations *l);
/* Drops every record; no write may wait. */
void locations_clear(struct locations *l);
/* A record from before, whatever stands there. ERR_NOMEM, ERR_LIMIT. */
MUST_USE int locations_restore(struct locations *l, const struct location_record *r);

/* --- writes that have to last --- */

/* Who wants to know of a write's end. */
struct locations_asker {
    unsigned asker;
    uint64_t query;
};

/* A PUT as in locations_ask; true: it stands in memory and waits to be made to last. False: it was
 * not done, and the answer says why. */
MUST_USE bool locations_change(struct locations *l, const struct store_ask *ask,
                               struct locations_asker who, time_ns now, struct block_pool *pool,
                               struct store_answer *answer, struct block **copy);
/* Does a write wait that was not taken? */
bool locations_waiting(const struct locations *l);

/* What follows is one thread's, the writer's. */

/* Is told the end of each write. */
typedef void locations_told(void *arg, struct locations_asker who, const struct store_answer *);
/* Is given each write; borrowed for the call. */
typedef void locations_given(void *arg, const struct location_record *);

/* Takes all that waits. Returns how many those are. */
size_t locations_take(struct locations *l);
void locations_each_taken(const struct locations *l, locations_given *give, void *arg);
/* All that was taken lasts. */
void locations_settle(struct locations *l, locations_told *tell, void *arg);
/* Nothing that was taken lasts, nor what was written upon it meanwhile: all is as before. */
void locations_undo(struct locations *l, locations_told *tell, void *arg);
/* location_needs */
bool locations_needs(struct locations *l, const struct location_record *row, time_ns now);

/* A walk over all records, for who looks after a server: zeroed to begin. */
struct location_walk {
    unsigned stripe;
    uint64_t cursor;
    bool over;
};
#define LOCATION_WALK_BYTES (LIMIT_RECORD_BYTES + 1024) /* room for any record */

/* The stripe that a walk comes to next; LOCATION_STRIPES: it is over. walk_part leaves it where it
 * is one of `part` of so many parts, and goes on to the next that is, else. */
#define LOCATION_STRIPES 64
static inline void location_walk_part(struct location_walk *walk, unsigned part, unsigned parts)
{
    while (walk->stripe < LOCATION_STRIPES && walk->stripe % parts != part) {
        walk->stripe++;
        walk->cursor = 0;
    }
    walk->over = walk->stripe == LOCATION_STRIPES;
}
/* Copies the next live records, `max` at most and as many as `space` holds; their keys and values
 * are views into it. Returns how many; walk->over: there are no more. Changes meanwhile may repeat
 * or miss some. In any thread. */
size_t locations_walk(struct locations *l, struct location_walk *walk, time_ns now,
                      char space[LOCATION_WALK_BYTES], struct location_record *out, size_t max);

#endif
