/* Linear hashing: one bucket is split at a time, so no insertion moves more than a chain. Compares
 * no keys and owns no node. */
#include "base/map.h"

#include <assert.h>

#include "base/err.h"

/* Segment 0 has the first buckets; each further one doubles their number. */
static unsigned segment_of(const struct map *m, size_t bucket)
{
    return 63 - (unsigned)__builtin_clzll((bucket >> m->first_bits) << 1 | 1);
}

static size_t segment_len(const struct map *m, unsigned segment)
{
    return (size_t)1 << (m->first_bits + (segment ? segment - 1 : 0));
}

static size_t segment_size(size_t len)
{
    return len * (sizeof(struct map_node *) + sizeof(uint8_t));
}

static bool add_segment(struct map *m, unsigned segment)
{
    if (segment >= MAP_SEGMENTS)
        return false;
    size_t len = segment_len(m, segment);
    struct map_node **chains = mem_alloc_zero(m->mem, segment_size(len));
    if (!chains)
        return false;
    m->segments[segment] = (struct map_segment){chains, (uint8_t *)(chains + len), len - 1};
    return true;
}

int map_init(struct map *m, struct mem *mem, size_t n_buckets)
{
    unsigned bits = 0;
    *m = (struct map){0};
    while ((size_t)1 << bits < n_buckets)
        if (++bits > MAP_FIRST_BITS_MOST)
            return ERR_NOMEM;
    size_t n = (size_t)1 << bits;
    *m = (struct map){.mem = mem, .first_bits = bits, .n_buckets = n, .half = n};
    if (add_segment(m, 0))
        return OK;
    *m = (struct map){0};
    return ERR_NOMEM;
}

void map_fini(struct map *m)
{
    assert(m->n_nodes == 0);
    for (unsigned i = 0; i < MAP_SEGMENTS && m->segments[i].chains; i++)
        mem_free(m->mem, m->segments[i].chains, segment_size(segment_len(m, i)));
    *m = (struct map){0};
}

/* A bucket: where its chain begins, and of eight bits one for the hash of each of its nodes, so
 * that most searches for what is not there end here. A bit may outlive its node. */
struct place {
    struct map_node **chain;
    uint8_t *marks;
};

static struct place place_of(const struct map *m, size_t bucket)
{
    const struct map_segment *s = &m->segments[segment_of(m, bucket)];
    size_t at = bucket & s->mask;
    return (struct place){&s->chains[at], &s->marks[at]};
}

/* Those that are not split yet have the nodes of two. */
static size_t bucket_of(const struct map *m, uint64_t hash)
{
    size_t bucket = hash & (2 * m->half - 1);
    return bucket < m->n_buckets ? bucket : bucket - m->half;
}

/* By the upper bits: the lower ones are those of the bucket. */
static uint8_t mark_of(uint64_t hash)
{
    return (uint8_t)(1u << (hash >> 61));
}

/* Nodes keep their order, so that those of equal hashes do. */
static void split(struct map_node *chain, uint64_t bit, struct place low, struct place high)
{
    *low.marks = 0;
    while (chain) {
        struct place *to = chain->hash & bit ? &high : &low;
        *to->marks |= mark_of(chain->hash);
        *to->chain = chain;
        to->chain = &chain->next;
        chain = chain->next;
    }
    *low.chain = *high.chain = NULL;
}

/* One bucket more, where there is memory. */
static void grow(struct map *m)
{
    unsigned segment = segment_of(m, m->n_buckets);
    bool is_new = segment == MAP_SEGMENTS || !m->segments[segment].chains;
    if (is_new && !add_segment(m, segment))
        return;
    struct place low = place_of(m, m->n_buckets - m->half);
    split(*low.chain, m->half, low, place_of(m, m->n_buckets));
    if (++m->n_buckets == 2 * m->half)
        m->half = m->n_buckets;
}

void map_insert(struct map *m, struct map_node *node, uint64_t hash)
{
    if (m->n_nodes >= m->n_buckets)
        grow(m);
    struct place p = place_of(m, bucket_of(m, hash));
    node->hash = hash;
    node->next = *p.chain;
    *p.chain = node;
    *p.marks |= mark_of(hash);
    m->n_nodes++;
}

void map_remove(struct map *m, struct map_node *node)
{
    struct place p = place_of(m, bucket_of(m, node->hash));
    struct map_node **link = p.chain;
    while (*link != node) {
        assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = node->next;
    node->next = NULL;
    if (!*p.chain)
        *p.marks = 0;
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
    struct place p = place_of(m, bucket_of(m, hash));
    return *p.marks & mark_of(hash) ? first_with(*p.chain, hash) : NULL;
}

struct map_node *map_find_next(const struct map_node *node)
{
    return first_with(node->next, node->hash);
}

struct map_node *map_chain(const struct map *m, size_t bucket)
{
    return *place_of(m, bucket).chain;
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
