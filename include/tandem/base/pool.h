/* Objects of one size, named from outside by 64-bit ids with a generation. A freed slot is reused
 * under another id; an old id then finds nothing. Id 0 names nothing. Slots never move. */
#ifndef TANDEM_BASE_POOL_H
#define TANDEM_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

typedef uint64_t pool_id; /* generation << 32 | slot + 1 */

#define POOL_CHUNK_BITS 6 /* slots come 64 at a time */

/* In front of each object. The generation is odd while the object is alive. */
struct pool_slot {
    uint32_t generation;
    uint32_t next_free;
    _Alignas(16) char object[];
};

struct pool {
    struct mem *mem;
    size_t size;   /* of an object */
    size_t stride; /* from slot to slot */
    uint32_t max;  /* objects alive at once */
    uint32_t live; /* objects alive now */
    uint32_t n_slots;
    uint32_t free_slot;
    char **chunks;
    uint32_t n_chunks;
};

/* Takes no memory before the first pool_alloc. */
void pool_init(struct pool *p, struct mem *mem, size_t size, uint32_t max);
/* Frees everything; the objects' own contents are the caller's to release before. */
void pool_fini(struct pool *p);

/* A zeroed object and its id. NULL where `max` are alive or there is no memory. */
void *pool_alloc(struct pool *p, pool_id *id);
/* Sees to it that the next pool_alloc succeeds. False where it would give NULL. */
MUST_USE bool pool_reserve(struct pool *p);
void pool_free(struct pool *p, pool_id id);

static inline struct pool_slot *pool_slot_at(const struct pool *p, uint32_t slot)
{
    size_t within = slot & ((1u << POOL_CHUNK_BITS) - 1);
    return (struct pool_slot *)(void *)(p->chunks[slot >> POOL_CHUNK_BITS] + within * p->stride);
}

/* NULL for an id that names nothing alive. */
static inline void *pool_get(const struct pool *p, pool_id id)
{
    uint32_t slot = (uint32_t)id - 1;
    uint32_t generation = (uint32_t)(id >> 32);
    if (slot >= p->n_slots || (generation & 1) == 0)
        return NULL;
    struct pool_slot *s = pool_slot_at(p, slot);
    return s->generation == generation ? s->object : NULL;
}

/* Every live object: start with *cursor = 0; NULL at the end. Allocation and freeing meanwhile are
 * legal. */
void *pool_each(const struct pool *p, uint32_t *cursor, pool_id *id);

#endif
