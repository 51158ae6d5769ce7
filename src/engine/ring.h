/* A first-in first-out queue of values of one size that grows by doubling; knows nothing of what it
 * holds. */
#ifndef TANDEM_SRC_ENGINE_RING_H
#define TANDEM_SRC_ENGINE_RING_H

#include <assert.h>
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
/* Makes it hold `need` values. False: no memory, nothing has changed. */
MUST_USE bool ring_grow(struct ring *, size_t need);

/* Room for `more` further values. False: no memory, nothing has changed. */
MUST_USE static inline bool ring_room(struct ring *r, size_t more)
{
    return r->n + more <= r->cap || ring_grow(r, r->n + more);
}

/* The new last value, not cleared; the room was made before. */
static inline void *ring_push(struct ring *r)
{
    assert(r->n < r->cap);
    size_t at = (r->head + r->n++) & (r->cap - 1);
    return r->at + at * r->size;
}

/* The first value, valid until the next ring_room; NULL: empty. */
static inline void *ring_pop(struct ring *r)
{
    if (r->n == 0)
        return NULL;
    char *v = r->at + r->head * r->size;
    r->head = (r->head + 1) & (r->cap - 1);
    r->n--;
    return v;
}

#endif
