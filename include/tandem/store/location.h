/* Records in memory: a key, a version, bytes, an end of life. One thread at a time; a server shares
 * several of these behind locks of its own. Knows nothing of SIP.
 *
 * A write may be a change: it is seen at once, and what stood before is kept until it is known
 * whether the change lasts (it was written to disk) or not (then it is undone, without needing any
 * memory). Changes of one record are settled oldest first and undone youngest first. */
#ifndef TANDEM_STORE_LOCATION_H
#define TANDEM_STORE_LOCATION_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/str.h"
#include "base/time.h"

struct location;
struct record;

struct location_record {
    struct str key, value; /* borrowed until the next change */
    uint64_t version;      /* 0: there is none */
    time_ns expires;
};

/* `max` records. Versions are drawn from *last_version, which several tables may share and which
 * outlives them: none is given twice, so that one that was read means that very record. NULL: no
 * memory. */
struct location *location_new(struct mem *, const struct hash_key *, size_t max,
                              _Atomic uint64_t *last_version);
/* No change may be open. NULL is legal. */
void location_free(struct location *);

/* A record past its end counts as absent. */
void location_get(struct location *, struct str key, time_ns now, struct location_record *out);
/* The key will be asked for soon: memory that is looked at then is fetched; some time later, with
 * the hash that was returned, what lies behind that. */
uint64_t location_prefetch(const struct location *, struct str key);
void location_prefetch_record(const struct location *, uint64_t hash);
/* Writes where the record's version is `version` (0: absent); an empty value removes it. *out is
 * the record as it then stands. ERR_STALE: another version is there (in *out). ERR_NOMEM,
 * ERR_LIMIT: nothing changed. The record has no open change. */
int location_put(struct location *, struct str key, struct str value, uint64_t version,
                 time_ns expires, time_ns now, struct location_record *out);

/* --- changes --- */

struct location_change {
    struct list node;
    struct record *made, *before; /* `before` may be NULL */
};

/* location_put as a change, in the caller's storage until it is settled or undone. Errors leave
 * *change alone. */
int location_change(struct location *, struct location_change *change, struct str key,
                    struct str value, uint64_t version, time_ns expires, time_ns now,
                    struct location_record *out);
/* The oldest change that was not taken yet, now taken; NULL: there is none. Its record may be read
 * without the table's lock until it is settled or undone. */
struct location_change *location_take(struct location *);
/* What the change made; an empty value for a removal. */
void location_changed(const struct location_change *, struct location_record *out);
/* It lasts. */
void location_settle(struct location *, struct location_change *);
/* The youngest change, after the record is again what it was before; NULL: none is open. */
struct location_change *location_undo(struct location *);
/* Is the row of this key and version what the record is, once everything that was taken lasts and
 * everything else is undone? Else nobody will ever need it again. */
bool location_needs(const struct location *, struct str key, uint64_t version, time_ns now);
/* A record from before, whatever stands there; an empty value removes it. No change may be open.
 * ERR_NOMEM, ERR_LIMIT: nothing changed. */
MUST_USE int location_restore(struct location *, const struct location_record *);

/* --- the rest --- */

/* Drops every record. No change may be open. */
void location_clear(struct location *);
/* Drops records past their end, looking at no more than `most` of them a call; call it now and
 * then. Returns how many it dropped. */
size_t location_sweep(struct location *, time_ns now, size_t most);
size_t location_count(const struct location *);
/* Every record: start with *cursor = 0; false at the end. Changes meanwhile may repeat or miss
 * records, never crash. */
bool location_each(const struct location *, uint64_t *cursor, struct location_record *out);

#endif
