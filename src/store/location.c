/* Owns records in memory: a seeded hash table of single allocations, each a key, a version, bytes
 * and an end of life. Knows nothing of SIP, threads or clocks. */
#include "store/location.h"

#include <assert.h>

#include "base/err.h"
#include "base/list.h"
#include "base/map.h"

/* A full store looks at this many records for one that has ended before it refuses. */
#define SWEEP_WHEN_FULL 16
/* Empty buckets are cheap to pass, not free: a sweep passes this many for each record that it may
 * look at. */
#define BUCKETS_PER_LOOK 4
#define FIRST_BUCKETS 64

struct record {
    struct map_node node;
    uint64_t version;
    time_ns expires;
    uint32_t key_len, value_len;
    char bytes[]; /* key, value */
};

struct location {
    struct mem *mem;
    struct hash_key hash;
    struct map map;
    size_t max;
    uint64_t last_version; /* of the whole store: a version never comes back, even for a key that
                              was away */
    size_t sweep_bucket;   /* where the next sweep goes on … */
    size_t sweep_skip;     /* … behind so many records of that bucket */
};

/* A place in the table as location_each hands it out: the bucket above, the place in its chain
 * below. */
#define CURSOR_CHAIN_BITS 16
#define CURSOR_CHAIN_MASK ((UINT64_C(1) << CURSOR_CHAIN_BITS) - 1)

static struct record *record_of(struct map_node *n)
{
    return CONTAINER_OF(n, struct record, node);
}

static struct str record_key(const struct record *r)
{
    return (struct str){r->bytes, r->key_len};
}

static struct str record_value(const struct record *r)
{
    return (struct str){r->bytes + r->key_len, r->value_len};
}

static size_t record_size(size_t key_len, size_t value_len)
{
    return offsetof(struct record, bytes) + key_len + value_len;
}

static bool record_is_over(const struct record *r, time_ns now)
{
    return r->expires <= now;
}

static void record_drop(struct location *l, struct record *r)
{
    map_remove(&l->map, &r->node);
    mem_free(l->mem, r, record_size(r->key_len, r->value_len));
}

static struct record *record_find(const struct location *l, struct str key, uint64_t hash)
{
    for (struct map_node *n = map_find(&l->map, hash); n; n = map_find_next(n))
        if (str_equal(record_key(record_of(n)), key))
            return record_of(n);
    return NULL;
}

static void show(const struct record *r, struct location_record *out)
{
    *out = (struct location_record){record_key(r), record_value(r), r->version, r->expires};
}

static void show_absent(struct str key, struct location_record *out)
{
    *out = (struct location_record){.key = key};
}

struct location *location_new(struct mem *mem, const struct hash_key *hash, size_t max)
{
    struct location *l = mem_alloc_zero(mem, sizeof *l);
    if (!l)
        return NULL;
    l->mem = mem;
    l->hash = *hash;
    l->max = max;
    if (map_init(&l->map, mem, FIRST_BUCKETS) != OK) {
        mem_free(mem, l, sizeof *l);
        return NULL;
    }
    return l;
}

void location_free(struct location *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->map.n_buckets; i++)
        while (l->map.buckets[i])
            record_drop(l, record_of(l->map.buckets[i]));
    map_fini(&l->map);
    mem_free(l->mem, l, sizeof *l);
}

void location_get(struct location *l, struct str key, time_ns now, struct location_record *out)
{
    const struct record *r = record_find(l, key, siphash13(&l->hash, key));
    if (r && !record_is_over(r, now))
        show(r, out);
    else
        show_absent(key, out);
}

/* The new record stands before the old one goes: key and value may be views into the old one. */
static struct record *record_make(struct location *l, struct str key, uint64_t hash,
                                  struct str value)
{
    struct record *r = mem_alloc(l->mem, record_size(key.len, value.len));
    if (!r)
        return NULL;
    r->key_len = (uint32_t)key.len;
    r->value_len = (uint32_t)value.len;
    memcpy(r->bytes, key.at, key.len);
    memcpy(r->bytes + key.len, value.at, value.len);
    map_insert(&l->map, &r->node, hash);
    return r;
}

static int record_write(struct location *l, struct record *old, struct str key, struct str value,
                        time_ns expires, struct location_record *out)
{
    struct record *r = old;
    if (old && old->value_len == value.len) {
        memmove(old->bytes + old->key_len, value.at, value.len);
    } else {
        r = record_make(l, key, siphash13(&l->hash, key), value);
        if (!r)
            return ERR_NOMEM;
        if (old)
            record_drop(l, old);
    }
    r->version = ++l->last_version;
    r->expires = expires;
    show(r, out);
    return OK;
}

/* A record past its end is absent for the caller, but its room is there to be used again. */
static bool has_room(struct location *l, const struct record *old, time_ns now)
{
    if (old || l->map.n_nodes < l->max)
        return true;
    return location_sweep(l, now, SWEEP_WHEN_FULL) > 0;
}

int location_put(struct location *l, struct str key, struct str value, uint64_t version,
                 time_ns expires, time_ns now, struct location_record *out)
{
    show_absent(key, out);
    if (key.len > UINT32_MAX || value.len > UINT32_MAX)
        return ERR_LIMIT;
    struct record *old = record_find(l, key, siphash13(&l->hash, key));
    bool there = old && !record_is_over(old, now);
    if (version != (there ? old->version : 0)) {
        if (there)
            show(old, out);
        return ERR_STALE;
    }
    if (value.len == 0) {
        if (old) {
            out->key = STR_NONE; /* the caller's key may lie in the record that goes */
            record_drop(l, old);
        }
        return OK;
    }
    if (!has_room(l, old, now))
        return ERR_LIMIT;
    return record_write(l, old, key, value, expires, out);
}

static struct map_node *chain_at(const struct location *l, size_t bucket, size_t skip)
{
    struct map_node *n = l->map.buckets[bucket];
    while (n && skip-- > 0)
        n = n->next;
    return n;
}

size_t location_sweep(struct location *l, time_ns now, size_t most)
{
    size_t dropped = 0, looked = 0, passed = 0;
    size_t may_pass =
        most > l->map.n_buckets / BUCKETS_PER_LOOK ? l->map.n_buckets : most * BUCKETS_PER_LOOK;
    while (looked < most && passed <= may_pass) {
        if (l->sweep_bucket >= l->map.n_buckets) {
            l->sweep_bucket = 0;
            l->sweep_skip = 0;
        }
        struct map_node *n = chain_at(l, l->sweep_bucket, l->sweep_skip);
        if (!n) {
            l->sweep_bucket++;
            l->sweep_skip = 0;
            passed++;
            continue;
        }
        looked++;
        if (record_is_over(record_of(n), now)) {
            record_drop(l, record_of(n));
            dropped++;
        } else {
            l->sweep_skip++;
        }
    }
    return dropped;
}

size_t location_count(const struct location *l)
{
    return l->map.n_nodes;
}

bool location_each(const struct location *l, uint64_t *cursor, struct location_record *out)
{
    size_t bucket = (size_t)(*cursor >> CURSOR_CHAIN_BITS);
    size_t skip = (size_t)(*cursor & CURSOR_CHAIN_MASK);
    for (; bucket < l->map.n_buckets; bucket++, skip = 0) {
        struct map_node *n = chain_at(l, bucket, skip);
        if (n) {
            size_t next = skip < CURSOR_CHAIN_MASK ? skip + 1 : skip;
            *cursor = (uint64_t)bucket << CURSOR_CHAIN_BITS | next;
            show(record_of(n), out);
            return true;
        }
    }
    *cursor = (uint64_t)bucket << CURSOR_CHAIN_BITS;
    return false;
}
