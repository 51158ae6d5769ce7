/* The heap of a simulated world: the C library's, counted; knows nothing of SIP. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "base/mem.h"

struct sim_heap {
    struct mem mem;
    uint64_t live_bytes, live_blocks;
};

void sim_heap_init(struct sim_heap *h);

#endif
