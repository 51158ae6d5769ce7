/* Owns records in memory: a seeded hash table of single allocations, each a key, a version, bytes
 * and an end of life. Knows nothing of SIP, threads or clocks, nor of changes (change.c). */
#include "store/location.h"

#include <assert.h>

#include "base/err.h"
#include "store/table.h"

/* Empty buckets are cheap to pass, not free: a sweep passes this many for each record that it may
 * look at. */
#define BUCKETS_PER_LOOK 4
#define FIRST_BUCKETS 64

/* A place in the table as location_each hands it out: the bucket above, the place in its chain
 * below. */
#define CURSOR_CHAIN_BITS 16
#define CURSOR_CHAIN_MASK ((UINT64_C(1) << CURSOR_CHAIN_BITS) - 1)

/* --- one record --- */

static size_t record_size(size_t key_len, size_t value_len)
{
    return offsetof(struct record, bytes) + key_len + value_len;
}

struct record *record_find(const struct location *l, struct str key, uint64_t hash)
{
    for (struct map_node *n = map_find(&l->map, hash); n; n = map_find_next(n))
        if (str_equal(record_key(record_of(n)), key))
            return record_of(n);
    return NULL;
}

struct record *record_new(struct location *l, struct str key, struct str value, time_ns expires)
{
    struct record *r = mem_alloc(l->mem, record_size(key.len, value.len));
    if (!r)
        return NULL;
    *r = (struct record){
        .expires = expires, .value_len = (uint32_t)value.len, .key_len = (uint16_t)key.len};
    memcpy(r->bytes, key.at, key.len);
    if (value.len > 0)
        memcpy(r->bytes + key.len, value.at, value.len);
    return r;
}

void record_free(struct location *l, struct record *r)
{
    if (!r)
        return;
    assert(!r->in_table);
    mem_free(l->mem, r, record_size(r->key_len, r->value_len));
}

void record_place(struct location *l, struct record *r, uint64_t hash)
{
    map_insert(&l->map, &r->node, hash);
    r->in_table = true;
}

void record_take_out(struct location *l, struct record *r)
{
    map_remove(&l->map, &r->node);
    r->in_table = false;
}

void record_show(const struct record *r, struct location_record *out)
{
    *out = (struct location_record){record_key(r), record_value(r), r->version, r->expires};
}

/* --- the table --- */

struct location *location_new(struct mem *mem, const struct hash_key *hash, size_t max,
                              _Atomic uint64_t *last_version)
{
    struct location *l = mem_alloc_zero(mem, sizeof *l);
    if (!l)
        return NULL;
    l->mem = mem;
    l->hash = *hash;
    l->max = max;
    l->last_version = last_version;
    list_init(&l->taken);
    list_init(&l->waiting);
    if (map_init(&l->map, mem, FIRST_BUCKETS) != OK) {
        mem_free(mem, l, sizeof *l);
        return NULL;
    }
    return l;
}

static void drop(struct location *l, struct record *r)
{
    record_take_out(l, r);
    record_free(l, r);
}

void location_clear(struct location *l)
{
    assert(list_is_empty(&l->taken) && list_is_empty(&l->waiting));
    for (size_t i = 0; i < l->map.n_buckets; i++)
        while (map_chain(&l->map, i))
            drop(l, record_of(map_chain(&l->map, i)));
}

void location_free(struct location *l)
{
    if (!l)
        return;
    location_clear(l);
    map_fini(&l->map);
    mem_free(l->mem, l, sizeof *l);
}

void location_get(struct location *l, struct str key, time_ns now, struct location_record *out)
{
    const struct record *r = record_find(l, key, record_hash(l, key));
    if (r && !record_is_over(r, now))
        record_show(r, out);
    else
        *out = (struct location_record){.key = key};
}

uint64_t location_prefetch(const struct location *l, struct str key)
{
    uint64_t hash = record_hash(l, key);
    map_prefetch(&l->map, hash);
    return hash;
}

void location_prefetch_record(const struct location *l, uint64_t hash)
{
    map_prefetch_node(&l->map, hash);
}

static struct map_node *chain_at(const struct location *l, size_t bucket, size_t skip)
{
    struct map_node *n = map_chain(&l->map, bucket);
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
        if (!record_of(n)->open && record_is_over(record_of(n), now)) {
            drop(l, record_of(n));
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

static bool show_at(const struct location *l, size_t bucket, size_t *skip,
                    struct location_record *out)
{
    struct map_node *n = chain_at(l, bucket, *skip);
    while (n && record_of(n)->value_len == 0) {
        n = n->next;
        ++*skip;
    }
    if (n)
        record_show(record_of(n), out);
    return n;
}

bool location_each(const struct location *l, uint64_t *cursor, struct location_record *out)
{
    size_t bucket = (size_t)(*cursor >> CURSOR_CHAIN_BITS);
    size_t skip = (size_t)(*cursor & CURSOR_CHAIN_MASK);
    for (; bucket < l->map.n_buckets; bucket++, skip = 0) {
        if (show_at(l, bucket, &skip, out)) {
            size_t next = skip < CURSOR_CHAIN_MASK ? skip + 1 : skip;
            *cursor = (uint64_t)bucket << CURSOR_CHAIN_BITS | next;
            return true;
        }
    }
    *cursor = (uint64_t)bucket << CURSOR_CHAIN_BITS;
    return false;
}
