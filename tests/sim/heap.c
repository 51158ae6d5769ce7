/* Counts what is allocated and given back; knows no owner. */
#include "sim/heap.h"

#include <assert.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define KEPT (1 << 28)

void sim_heap_keep(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT);
#endif
}

static void *heap_alloc(struct mem *m, size_t size)
{
    struct sim_heap *h = (struct sim_heap *)m;
    if (h->failures > 0 && rand_below(h->rand, 1000) < h->failures) {
        h->refused++;
        return NULL;
    }
    if (h->fault && fault_hits(h->fault, h->place)) {
        h->refused++;
        return NULL;
    }
    void *at = malloc(size);
    assert(at);
    h->live_bytes += size;
    h->live_blocks++;
    return at;
}

static void heap_free(struct mem *m, void *at, size_t size)
{
    struct sim_heap *h = (struct sim_heap *)m;
    if (!at)
        return;
    assert(h->live_bytes >= size && h->live_blocks > 0);
    h->live_bytes -= size;
    h->live_blocks--;
    free(at);
}

void sim_heap_init(struct sim_heap *h, struct rand *rand)
{
    *h = (struct sim_heap){.mem = {heap_alloc, heap_free}, .rand = rand};
}

void sim_heap_fault(struct sim_heap *h, struct fault *f, enum fault_kind place)
{
    h->fault = f;
    h->place = place;
}
