/* What the files of the location table share: its records and how one is found. */
#ifndef TANDEM_SRC_STORE_TABLE_H
#define TANDEM_SRC_STORE_TABLE_H

#include "base/map.h"
#include "store/location.h"

struct record {
    struct map_node node;
    uint64_t version;
    time_ns expires;
    uint32_t value_len; /* 0: a removal that is not settled yet */
    uint16_t key_len;
    bool open;     /* a change made it, and that is not settled */
    bool in_table; /* else it is what a later change will bring back or drop */
    char bytes[];  /* key, value */
};

struct location {
    struct mem *mem;
    struct hash_key hash;
    struct map map;
    size_t max;
    _Atomic uint64_t *last_version;
    struct list taken, waiting; /* open changes, oldest first; all that were taken are older */
    size_t sweep_bucket;        /* where the next sweep goes on … */
    size_t sweep_skip;          /* … behind so many records of that bucket */
};

static inline struct record *record_of(struct map_node *n)
{
    return CONTAINER_OF(n, struct record, node);
}

static inline struct str record_key(const struct record *r)
{
    return (struct str){r->bytes, r->key_len};
}

static inline struct str record_value(const struct record *r)
{
    return (struct str){r->bytes + r->key_len, r->value_len};
}

/* Absent for whoever asks. */
static inline bool record_is_over(const struct record *r, time_ns now)
{
    return r->expires <= now || r->value_len == 0;
}

static inline uint64_t record_hash(const struct location *l, struct str key)
{
    return siphash13(&l->hash, key);
}

/* `hash` is record_hash's, here and below. */
struct record *record_find(const struct location *, struct str key, uint64_t hash);
/* A record that is in no table yet. NULL: no memory. */
struct record *record_new(struct location *, struct str key, struct str value, time_ns expires);
/* NULL is legal. It is in no table. */
void record_free(struct location *, struct record *);
void record_place(struct location *, struct record *, uint64_t hash);
void record_take_out(struct location *, struct record *);
void record_show(const struct record *, struct location_record *out);

#endif
