/* Which cells of the transaction tables a run has been through, and which knobs and acts were drawn
 * for it. The program that counts is linked
 * with --wrap=tx_step, so that nothing of it is in the library. */
#ifndef SIM_COVERAGE_H
#define SIM_COVERAGE_H

#include <stdio.h>

#include "sim/plan.h"
#include "tx/tx.h"

struct coverage {
    uint64_t cells[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];
    uint64_t knobs[N_KNOBS]; /* plans that have it set */
    uint64_t acts[N_ACTS];
};

/* Counts from now on into `c`; NULL: nothing. */
void coverage_into(struct coverage *c);
void coverage_plan(struct coverage *c, const struct plan *);
void coverage_add(struct coverage *to, const struct coverage *from);
/* For each kind how many of its cells that are not blank were reached, and the names of the others;
 * so for knobs and acts; with `all` each with its count. Returns the number of cells that were not
 * reached. */
unsigned coverage_print(const struct coverage *, bool all, FILE *);

#endif
