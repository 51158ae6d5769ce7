/* The queue behind events and outputs; knows nothing of what it holds. */
#include "engine/ring.h"

#include <string.h>

void ring_init(struct ring *r, struct mem *mem, size_t size)
{
    *r = (struct ring){.mem = mem, .size = size};
}

void ring_fini(struct ring *r)
{
    mem_free(r->mem, r->at, r->cap * r->size);
    r->at = NULL;
    r->cap = r->n = 0;
}

bool ring_grow(struct ring *r, size_t need)
{
    size_t cap = r->cap ? r->cap : 64;
    while (cap < need)
        cap *= 2;
    char *at = mem_alloc(r->mem, cap * r->size);
    if (!at)
        return false;
    size_t first = r->cap - r->head < r->n ? r->cap - r->head : r->n;
    if (r->n) {
        memcpy(at, r->at + r->head * r->size, first * r->size);
        memcpy(at + first * r->size, r->at, (r->n - first) * r->size);
    }
    mem_free(r->mem, r->at, r->cap * r->size);
    r->at = at;
    r->cap = cap;
    r->head = 0;
    return true;
}
