/* The location service that all workers share: the store's records, striped behind locks that are
 * held for one operation. Knows nothing of what the records say. */
#ifndef TANDEM_SERVER_LOCATION_H
#define TANDEM_SERVER_LOCATION_H

#include "base/attr.h"
#include "base/block.h"
#include "base/limits.h"
#include "base/siphash.h"
#include "engine/store_ask.h"
#include "store/location.h"

struct locations;

/* NULL: no memory. */
struct locations *locations_new(struct mem *mem, const struct hash_key *key);
void locations_free(struct locations *l);

/* Does what is asked. answer->value points into *copy, a block of `pool` that the caller gives
 * back; NULL where the value is empty. answer->query is left alone. */
void locations_ask(struct locations *l, const struct store_ask *ask, time_ns now,
                   struct block_pool *pool, struct store_answer *answer, struct block **copy);
/* Drops some records past their end; each call goes on where the last one stopped. One thread calls
 * it. */
void locations_sweep(struct locations *l, time_ns now);
size_t locations_count(struct locations *l);

/* A walk over all records, for who looks after a server: zeroed to begin. */
struct location_walk {
    unsigned stripe;
    uint64_t cursor;
    bool over;
};
#define LOCATION_WALK_BYTES (LIMIT_RECORD_BYTES + 1024) /* room for any record */

/* Copies the next live records, `max` at most and as many as `space` holds; their keys and values
 * are views into it. Returns how many; walk->over: there are no more. Changes meanwhile may repeat
 * or miss some. In any thread. */
size_t locations_walk(struct locations *l, struct location_walk *walk, time_ns now,
                      char space[LOCATION_WALK_BYTES], struct location_record *out, size_t max);

#endif
