/* Chains of nodes by hash. A table that grows has two arrays for a while, and each insertion moves
 * a few chains from the old one, so that none takes long. Compares no keys and owns no node. */
#include "base/map.h"

#include <assert.h>

#include "base/err.h"

#define MOVES 8 /* by an insertion: all have moved long before the next array is due */

static size_t array_size(size_t n_buckets)
{
    return n_buckets * sizeof(struct map_node *);
}

int map_init(struct map *m, struct mem *mem, size_t n_buckets)
{
    size_t n = 1;
    while (n < n_buckets) {
        if (n > SIZE_MAX / 2 / sizeof(struct map_node *))
            return ERR_NOMEM;
        n *= 2;
    }
    struct map_node **buckets = mem_alloc_zero(mem, array_size(n));
    if (!buckets)
        return ERR_NOMEM;
    *m = (struct map){.mem = mem, .buckets = buckets, .n_buckets = n};
    return OK;
}

void map_fini(struct map *m)
{
    assert(m->n_nodes == 0);
    mem_free(m->mem, m->buckets, array_size(m->n_buckets));
    if (m->old)
        mem_free(m->mem, m->old, array_size(m->n_buckets / 2));
    *m = (struct map){0};
}

/* Are the nodes of a bucket, and those of the one that it is split into, still in the old array? */
static bool is_waiting(const struct map *m, size_t low)
{
    return m->old && low >= m->n_moved;
}

static size_t low_of(const struct map *m, uint64_t hash)
{
    return hash & (m->n_buckets / 2 - 1);
}

static size_t bucket_of(const struct map *m, uint64_t hash)
{
    size_t low = low_of(m, hash);
    return is_waiting(m, low) ? low : hash & (m->n_buckets - 1);
}

static struct map_node **place_of(const struct map *m, uint64_t hash)
{
    size_t low = low_of(m, hash);
    return is_waiting(m, low) ? &m->old[low] : &m->buckets[hash & (m->n_buckets - 1)];
}

/* Nodes keep their order, so that those of equal hashes do. */
static void split(struct map_node *chain, uint64_t bit, struct map_node **low,
                  struct map_node **high)
{
    while (chain) {
        struct map_node ***end = chain->hash & bit ? &high : &low;
        **end = chain;
        *end = &chain->next;
        chain = chain->next;
    }
    *low = *high = NULL;
}

static void move_some(struct map *m)
{
    size_t half = m->n_buckets / 2;
    for (unsigned i = 0; i < MOVES && m->n_moved < half; i++, m->n_moved++)
        split(m->old[m->n_moved], half, &m->buckets[m->n_moved], &m->buckets[m->n_moved + half]);
    if (m->n_moved < half) {
        for (size_t i = m->n_moved; i < m->n_moved + MOVES && i < half; i++)
            __builtin_prefetch(m->old[i]); /* for the next insertion */
        return;
    }
    mem_free(m->mem, m->old, array_size(half));
    m->old = NULL;
}

static void grow(struct map *m)
{
    if (m->n_buckets > SIZE_MAX / 2 / sizeof(struct map_node *))
        return;
    struct map_node **buckets = mem_alloc_zero(m->mem, array_size(2 * m->n_buckets));
    if (!buckets)
        return;
    m->old = m->buckets;
    m->n_moved = 0;
    m->buckets = buckets;
    m->n_buckets *= 2;
}

void map_insert(struct map *m, struct map_node *node, uint64_t hash)
{
    if (!m->old && m->n_nodes >= m->n_buckets)
        grow(m);
    if (m->old)
        move_some(m);
    struct map_node **place = place_of(m, hash);
    node->hash = hash;
    node->next = *place;
    *place = node;
    m->n_nodes++;
}

void map_remove(struct map *m, struct map_node *node)
{
    struct map_node **link = place_of(m, node->hash);
    while (*link != node) {
        assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = node->next;
    node->next = NULL;
    m->n_nodes--;
}

static struct map_node *first_with(struct map_node *node, uint64_t hash)
{
    while (node && node->hash != hash)
        node = node->next;
    return node;
}

void map_prefetch(const struct map *m, uint64_t hash)
{
    __builtin_prefetch(place_of(m, hash));
}

void map_prefetch_node(const struct map *m, uint64_t hash)
{
    __builtin_prefetch(*place_of(m, hash));
}

struct map_node *map_find(const struct map *m, uint64_t hash)
{
    return first_with(*place_of(m, hash), hash);
}

struct map_node *map_find_next(const struct map_node *node)
{
    return first_with(node->next, node->hash);
}

struct map_node *map_chain(const struct map *m, size_t bucket)
{
    size_t low = low_of(m, bucket);
    if (is_waiting(m, low))
        return bucket == low ? m->old[low] : NULL;
    return m->buckets[bucket];
}

struct map_node *map_each(const struct map *m, const struct map_node *last)
{
    if (last && last->next)
        return last->next;
    struct map_node *chain = NULL;
    for (size_t i = last ? bucket_of(m, last->hash) + 1 : 0; !chain && i < m->n_buckets; i++)
        chain = map_chain(m, i);
    return chain;
}
