/* Plays a plan in a world of its own and judges the end. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "sim/plan.h"

struct run_result {
    uint64_t messages; /* sent by all nodes */
    uint64_t digest;   /* of all that was sent, and when */
    uint32_t calls, answered;
};

/* What does not hold goes to check_on_violation. */
struct run_result run_plan(const struct plan *);

#endif
