/* Cuts a plan that fails down to a shorter one that fails in the same way. */
#ifndef SIM_SHRINK_H
#define SIM_SHRINK_H

#include "sim/plan.h"

/* Does the plan still fail as the first one did? */
typedef bool shrink_fails(void *arg, const struct plan *);

/* Tries for at most `seconds` to leave acts out, then knobs, then manners. */
void shrink(struct plan *, unsigned seconds, shrink_fails *, void *arg);

#endif
