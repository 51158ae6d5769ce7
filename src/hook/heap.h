/* The memory of one script state: a region that is taken once, cut into blocks by halves (Knowlton
 * 1965). Every operation takes a time that the region's size bounds; nothing is taken from outside.
 */
#ifndef TANDEM_SRC_HOOK_HEAP_H
#define TANDEM_SRC_HOOK_HEAP_H

#include "base/list.h"
#include "base/mem.h"

#define HEAP_LEAST_BITS 5 /* blocks of 32 bytes, doubling */
#define HEAP_ORDERS 24

struct heap {
    struct mem *mem;
    char *at;
    size_t size, used;       /* used: in blocks that are handed out */
    unsigned char *order_at; /* of each smallest block: 1 + the order of the free block there */
    struct list free[HEAP_ORDERS];
};

/* `size` is cut to whole smallest blocks. False: no memory. */
bool heap_init(struct heap *, struct mem *, size_t size);
void heap_fini(struct heap *); /* legal on zeroed storage */
/* Nothing is handed out any more. */
void heap_clear(struct heap *);
/* NULL: there is no room. `size` is at least 1. */
void *heap_take(struct heap *, size_t size);
void heap_give(struct heap *, void *at, size_t size);
/* NULL: no room, and the old one stays; never where it shrinks. */
void *heap_resize(struct heap *, void *at, size_t from, size_t to);

#endif
