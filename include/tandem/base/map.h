/* Intrusive chained hash table, seeded by its user's hash function. The table owns its buckets
 * only, never its nodes. When nodes outnumber buckets it doubles, a few chains with each insertion,
 * so that none takes long; where there is no memory for that it stays as it is and goes on working.
 */
#ifndef TANDEM_BASE_MAP_H
#define TANDEM_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct map_node {
    struct map_node *next;
    uint64_t hash;
};

struct map {
    struct mem *mem; /* NULL: not initialised */
    struct map_node **buckets;
    size_t n_buckets;      /* a power of two */
    struct map_node **old; /* while it grows: half as many, those from n_moved on with nodes */
    size_t n_moved;
    size_t n_nodes;
};

/* `n_buckets` is rounded up to a power of two. ERR_NOMEM: not initialised. */
MUST_USE int map_init(struct map *m, struct mem *mem, size_t n_buckets);
/* The nodes must have been removed. */
void map_fini(struct map *m);

void map_insert(struct map *m, struct map_node *node, uint64_t hash);
/* The node must be in the map. */
void map_remove(struct map *m, struct map_node *node);

/* map_find will be asked for this hash soon: the memory that it looks at first is fetched; some
 * time later, what lies behind that. */
void map_prefetch(const struct map *m, uint64_t hash);
void map_prefetch_node(const struct map *m, uint64_t hash);
/* The first node with this hash, then the next one with the same: the caller compares keys.
 *   for (n = map_find(m, h); n; n = map_find_next(n)) if (is_mine(n)) … */
struct map_node *map_find(const struct map *m, uint64_t hash);
struct map_node *map_find_next(const struct map_node *node);

/* The first node of a bucket below n_buckets, or NULL. */
struct map_node *map_chain(const struct map *m, size_t bucket);

/* Every node in no particular order: start with NULL, ends with NULL. The node returned last may be
 * removed from the map only after its successor was asked for. */
struct map_node *map_each(const struct map *m, const struct map_node *last);

#endif
