/* Chains of nodes by hash; compares no keys and owns no node. */
#include "base/map.h"

#include <assert.h>

#include "base/err.h"

static struct map_node **bucket_of(const struct map *m, uint64_t hash)
{
    return &m->buckets[hash & (m->n_buckets - 1)];
}

int map_init(struct map *m, struct mem *mem, size_t n_buckets)
{
    size_t n = 1;
    while (n < n_buckets) {
        if (n > SIZE_MAX / 2 / sizeof(struct map_node *))
            return ERR_NOMEM;
        n *= 2;
    }
    struct map_node **buckets = mem_alloc_zero(mem, n * sizeof(struct map_node *));
    if (!buckets)
        return ERR_NOMEM;
    *m = (struct map){.mem = mem, .buckets = buckets, .n_buckets = n};
    return OK;
}

void map_fini(struct map *m)
{
    assert(m->n_nodes == 0);
    mem_free(m->mem, m->buckets, m->n_buckets * sizeof(struct map_node *));
    *m = (struct map){0};
}

/* Bucket i becomes buckets i and i + old: chains are split in order, so equal hashes keep theirs.
 */
static void split_bucket(struct map_node *chain, uint64_t bit, struct map_node **low,
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

static void grow(struct map *m)
{
    size_t old = m->n_buckets;
    if (old > SIZE_MAX / 2 / sizeof(struct map_node *))
        return;
    struct map_node **buckets = mem_alloc(m->mem, 2 * old * sizeof(struct map_node *));
    if (!buckets)
        return;
    for (size_t i = 0; i < old; i++)
        split_bucket(m->buckets[i], old, &buckets[i], &buckets[i + old]);
    mem_free(m->mem, m->buckets, old * sizeof(struct map_node *));
    m->buckets = buckets;
    m->n_buckets = 2 * old;
}

void map_insert(struct map *m, struct map_node *node, uint64_t hash)
{
    if (m->n_nodes >= m->n_buckets)
        grow(m);
    struct map_node **bucket = bucket_of(m, hash);
    node->hash = hash;
    node->next = *bucket;
    *bucket = node;
    m->n_nodes++;
}

void map_remove(struct map *m, struct map_node *node)
{
    struct map_node **link = bucket_of(m, node->hash);
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

struct map_node *map_find(const struct map *m, uint64_t hash)
{
    return first_with(*bucket_of(m, hash), hash);
}

struct map_node *map_find_next(const struct map_node *node)
{
    return first_with(node->next, node->hash);
}

struct map_node *map_each(const struct map *m, const struct map_node *last)
{
    if (last && last->next)
        return last->next;
    size_t i = last ? (last->hash & (m->n_buckets - 1)) + 1 : 0;
    while (i < m->n_buckets && !m->buckets[i])
        i++;
    return i < m->n_buckets ? m->buckets[i] : NULL;
}
