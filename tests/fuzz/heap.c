/* Counts what is allocated and given back, and refuses. */
#include "heap.h"

#include <assert.h>
#include <stdlib.h>

static bool refuses(struct fuzz_heap *h)
{
    if (h->failures == 0)
        return false;
    if (h->spare > 0) {
        h->spare--;
        return false;
    }
    h->failures--;
    return true;
}

static void *heap_alloc(struct mem *m, size_t size)
{
    struct fuzz_heap *h = (struct fuzz_heap *)m;
    assert(size > 0);
    if (refuses(h))
        return NULL;
    void *at = malloc(size);
    assert(at);
    h->live_bytes += size;
    h->live_blocks++;
    return at;
}

static void heap_free(struct mem *m, void *at, size_t size)
{
    struct fuzz_heap *h = (struct fuzz_heap *)m;
    if (!at)
        return;
    assert(h->live_bytes >= size && h->live_blocks > 0);
    h->live_bytes -= size;
    h->live_blocks--;
    free(at);
}

void fuzz_heap_init(struct fuzz_heap *h)
{
    *h = (struct fuzz_heap){.mem = {heap_alloc, heap_free}};
}

void fuzz_heap_fail(struct fuzz_heap *h, unsigned spare, unsigned failures)
{
    h->spare = spare;
    h->failures = failures;
}

void fuzz_heap_check(const struct fuzz_heap *h)
{
    assert(h->live_bytes == 0 && h->live_blocks == 0);
}
