/* A scenario that a seed alone decides: who is there, over what, how bad the links and the store
 * are, and what everyone does for a minute. */
#ifndef SIM_STORM_H
#define SIM_STORM_H

#include <stdint.h>

struct storm_result {
    uint64_t messages; /* sent by all nodes */
    uint64_t digest;
    unsigned calls, answered, failed;
};

/* Runs and judges it as check_and_end does. `scarce`: per mille of the elements' allocations that
 * find no memory while it lasts. */
struct storm_result storm_run(uint64_t seed, unsigned scarce);

#endif
