/* The C library's heap behind the face that tests replace. */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void *libc_alloc(struct mem *m, size_t size)
{
    (void)m;
    return malloc(size);
}

static void libc_free(struct mem *m, void *at, size_t size)
{
    (void)m;
    (void)size;
    free(at);
}

struct mem mem_libc = {libc_alloc, libc_free};

void *mem_alloc_zero(struct mem *m, size_t size)
{
    if (m->alloc == libc_alloc)
        return calloc(1, size); /* writes nothing to pages that are new */
    void *at = mem_alloc(m, size);
    if (at)
        memset(at, 0, size);
    return at;
}
