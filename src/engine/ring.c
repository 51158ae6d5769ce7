/* The queue behind events and outputs; knows nothing of what it holds. */
#include "engine/ring.h"

#include <assert.h>
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

static bool grow(struct ring *r, size_t need)
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

bool ring_room(struct ring *r, size_t more)
{
    return r->n + more <= r->cap || grow(r, r->n + more);
}

void *ring_push(struct ring *r)
{
    assert(r->n < r->cap);
    size_t at = (r->head + r->n++) & (r->cap - 1);
    return r->at + at * r->size;
}

void *ring_pop(struct ring *r)
{
    if (r->n == 0)
        return NULL;
    char *v = r->at + r->head * r->size;
    r->head = (r->head + 1) & (r->cap - 1);
    r->n--;
    return v;
}
