/* A first-in first-out queue of values of one size that grows by doubling; knows nothing of what it
 * holds. */
#ifndef TANDEM_SRC_ENGINE_RING_H
#define TANDEM_SRC_ENGINE_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/mem.h"

struct ring {
    struct mem *mem;
    char *at;
    size_t size; /* of a value */
    size_t cap, head, n;
};

void ring_init(struct ring *, struct mem *, size_t size);
void ring_fini(struct ring *);
/* Room for `more` further values. False: no memory, nothing has changed. */
MUST_USE bool ring_room(struct ring *, size_t more);
/* The new last value, not cleared; the room was made before. */
void *ring_push(struct ring *);
/* The first value, valid until the next ring_room; NULL: empty. */
void *ring_pop(struct ring *);

#endif
