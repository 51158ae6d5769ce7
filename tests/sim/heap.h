/* The heap of a simulated world: the C library's, counted, and short of memory where a scenario
 * says so. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "base/mem.h"
#include "base/rand.h"
#include "sim/fault.h"

struct sim_heap {
    struct mem mem;
    uint64_t live_bytes, live_blocks;
    uint64_t refused;  /* allocations that found none */
    unsigned failures; /* per mille of the allocations that find no memory */
    struct rand *rand;
    struct fault *fault;   /* NULL: none */
    enum fault_kind place; /* what an allocation is to it */
};

/* The process keeps what is freed: worlds end as often as they begin, and the kernel would take and
 * give their pages each time. Once, before the first world. */
void sim_heap_keep(void);
/* `rand` decides which allocations fail; borrowed. */
void sim_heap_init(struct sim_heap *h, struct rand *rand);
/* Each allocation is a place of this kind for `f`, which is borrowed. */
void sim_heap_fault(struct sim_heap *h, struct fault *f, enum fault_kind place);

#endif
