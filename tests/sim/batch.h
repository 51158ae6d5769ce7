/* Seed after seed in several processes; one that fails is named and the others go on. */
#ifndef SIM_BATCH_H
#define SIM_BATCH_H

#include "sim/coverage.h"
#include "sim/trial.h"
#include "sim/worlds.h"

#define BATCH_JOBS 64
#define BATCH_VIOLATIONS 20 /* after so many it stops */

struct batch {
    uint64_t first;
    uint64_t seeds;                /* how many; 0: as many as the seconds allow */
    unsigned seconds;              /* 0: as long as the seeds take */
    const struct world_kind *kind; /* NULL: each in turn */
    unsigned jobs;
};

struct batch_violation {
    uint64_t seed;
    struct verdict verdict;
};

struct batch_result {
    uint64_t seeds, messages, calls, answered;
    unsigned n_violations;
    struct batch_violation violations[BATCH_VIOLATIONS];
    struct coverage coverage;
};

unsigned batch_processors(void);
/* The kind of world that this seed plays in. */
const struct world_kind *batch_kind(const struct batch *, uint64_t seed);
/* Prints a line for each seed that fails, when it does. */
void batch_run(const struct batch *, struct batch_result *);
void batch_print_violation(const struct batch *, const struct batch_violation *);

#endif
