/* The source of all heap memory of the sans-I/O folders, so that tests can count and fail it. */
#ifndef TANDEM_BASE_MEM_H
#define TANDEM_BASE_MEM_H

#include <stddef.h>

struct mem {
    /* NULL where there is no memory. `size` is at least 1. */
    void *(*alloc)(struct mem *, size_t size);
    /* `size` is what was asked for; `at` may be NULL. */
    void (*free)(struct mem *, void *at, size_t size);
};

/* The C library's heap. Shared, stateless, usable from every thread. */
extern struct mem mem_libc;

static inline void *mem_alloc(struct mem *m, size_t size)
{
    return m->alloc(m, size);
}

/* Zeroed. NULL where there is no memory. */
void *mem_alloc_zero(struct mem *m, size_t size);

static inline void mem_free(struct mem *m, void *at, size_t size)
{
    m->free(m, at, size);
}

#endif
