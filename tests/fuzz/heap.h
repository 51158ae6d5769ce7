/* The heap under a fuzzed machine: the C library's, counted, and refusing where an act says so. */
#ifndef FUZZ_HEAP_H
#define FUZZ_HEAP_H

#include "base/mem.h"
#include "base/str.h"

struct fuzz_heap {
    struct mem mem;
    uint64_t live_bytes, live_blocks;
    unsigned spare;    /* allocations that still succeed before … */
    unsigned failures; /* … so many fail */
};

void fuzz_heap_init(struct fuzz_heap *);
/* After `spare` allocations the next `failures` find no memory; 0 failures: none. */
void fuzz_heap_fail(struct fuzz_heap *, unsigned spare, unsigned failures);
/* Everything was given back. */
void fuzz_heap_check(const struct fuzz_heap *);

#endif
