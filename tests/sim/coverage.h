/* Which cells of the transaction tables a run has been through. The program that counts is linked
 * with --wrap=tx_step, so that nothing of it is in the library. */
#ifndef SIM_COVERAGE_H
#define SIM_COVERAGE_H

#include <stdio.h>

#include "tx/tx.h"

struct coverage {
    uint64_t cells[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];
};

/* Counts from now on into `c`; NULL: nothing. */
void coverage_into(struct coverage *c);
void coverage_add(struct coverage *to, const struct coverage *from);
/* For each kind how many of its cells that are not blank were reached, and the names of the others;
 * with `all` each cell with its count. Returns the number that was not reached. */
unsigned coverage_print(const struct coverage *, bool all, FILE *);

#endif
