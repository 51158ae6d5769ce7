/* Small objects of any size, cut out of large pieces and kept by size for the next of their kind:
 * no header each, no look at the heap for each. What one slab gave goes back to it. Not for objects
 * that wander between slabs, nor for sizes that never come again: its pieces go back with it alone.
 */
#ifndef TANDEM_BASE_SLAB_H
#define TANDEM_BASE_SLAB_H

#include "base/mem.h"

#define SLAB_STEP 16   /* sizes are rounded up to it; objects are aligned to it */
#define SLAB_MOST 1024 /* what is larger comes from below */
#define SLAB_CLASSES (SLAB_MOST / SLAB_STEP)

struct slab_free;
struct slab_piece;

struct slab {
    struct mem mem; /* the face: mem_alloc(&slab->mem, size) */
    struct mem *below;
    struct slab_free *free[SLAB_CLASSES];
    struct slab_piece *pieces;
    char *rest; /* of the newest piece */
    size_t n_rest;
};

/* Takes nothing from below yet. It may not move. */
void slab_init(struct slab *s, struct mem *below);
/* All its objects are gone, whether they were given back or not; larger ones must have been. */
void slab_fini(struct slab *s);

#endif
