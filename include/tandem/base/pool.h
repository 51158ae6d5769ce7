/* Objects of one size, named from outside by 64-bit ids with a generation. A freed slot is reused
 * under another id; an old id then finds nothing. Id 0 names nothing. Slots never move. */
#ifndef TANDEM_BASE_POOL_H
#define TANDEM_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

typedef uint64_t pool_id; /* generation << 32 | slot + 1 */

struct pool {
    struct mem *mem;
    size_t size;   /* of an object */
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
void pool_free(struct pool *p, pool_id id);
/* NULL for an id that names nothing alive. */
void *pool_get(const struct pool *p, pool_id id);
/* Every live object: start with *cursor = 0; NULL at the end. Allocation and freeing meanwhile are legal. */
void *pool_each(const struct pool *p, uint32_t *cursor, pool_id *id);

#endif
