/* The heap of a simulated world: the C library's, counted, and short of memory where a scenario
 * says so. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "base/mem.h"
#include "base/rand.h"

struct sim_heap {
    struct mem mem;
    uint64_t live_bytes, live_blocks;
    unsigned failures; /* per mille of the allocations that find no memory */
    struct rand *rand;
};

/* `rand` decides which allocations fail; borrowed. */
void sim_heap_init(struct sim_heap *h, struct rand *rand);

#endif
