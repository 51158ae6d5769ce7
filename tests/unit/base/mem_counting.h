/* A heap for tests: counts what is alive and refuses on request; wraps the C library's. */
#ifndef TANDEM_TESTS_MEM_COUNTING_H
#define TANDEM_TESTS_MEM_COUNTING_H

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

struct mem_counting {
    struct mem mem;
    size_t n_live, n_bytes, n_allocs;
    size_t refuse_after; /* allocations that still succeed */
    size_t refuse_one;   /* the one with this number from now on fails alone; 0: none */
};

static inline void *mem_counting_alloc(struct mem *m, size_t size)
{
    struct mem_counting *c = (struct mem_counting *)m;
    if (c->refuse_after == 0 || (c->refuse_one > 0 && --c->refuse_one == 0))
        return NULL;
    c->refuse_after--;
    c->n_allocs++;
    c->n_live++;
    c->n_bytes += size;
    return malloc(size);
}

static inline void mem_counting_free(struct mem *m, void *at, size_t size)
{
    struct mem_counting *c = (struct mem_counting *)m;
    if (!at)
        return;
    c->n_live--;
    c->n_bytes -= size;
    free(at);
}

static inline struct mem_counting mem_counting(void)
{
    return (struct mem_counting){{mem_counting_alloc, mem_counting_free}, 0, 0, 0, SIZE_MAX, 0};
}

#endif
