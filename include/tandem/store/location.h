/* Records in memory: a key, a version, bytes, an end of life. One thread at a time; a server shares
 * several of these behind locks of its own. Knows nothing of SIP. */
#ifndef TANDEM_STORE_LOCATION_H
#define TANDEM_STORE_LOCATION_H

#include "base/mem.h"
#include "base/siphash.h"
#include "base/str.h"
#include "base/time.h"

struct location;

struct location_record {
    struct str key, value; /* borrowed until the next change */
    uint64_t version;      /* 0: there is none */
    time_ns expires;
};

/* `max` records. NULL: no memory. */
struct location *location_new(struct mem *, const struct hash_key *, size_t max);
void location_free(struct location *);

/* A record past its end counts as absent. */
void location_get(struct location *, struct str key, time_ns now, struct location_record *out);
/* Writes where the record's version is `version` (0: absent); an empty value removes it. *out is
 * the record as it then stands. ERR_STALE: another version is there (in *out). ERR_NOMEM,
 * ERR_LIMIT: nothing changed. */
int location_put(struct location *, struct str key, struct str value, uint64_t version,
                 time_ns expires, time_ns now, struct location_record *out);
/* Drops records past their end, looking at no more than `most` of them a call; call it now and
 * then. Returns how many it dropped. */
size_t location_sweep(struct location *, time_ns now, size_t most);
size_t location_count(const struct location *);
/* Every record: start with *cursor = 0; false at the end. Changes meanwhile may repeat or miss
 * records, never crash. */
bool location_each(const struct location *, uint64_t *cursor, struct location_record *out);

#endif
