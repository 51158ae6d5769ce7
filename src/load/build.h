/* How a scenario is put together, whatever it is read from. */
#ifndef TANDEM_SRC_LOAD_BUILD_H
#define TANDEM_SRC_LOAD_BUILD_H

#include "load/scenario.h"

MUST_USE struct scenario *build_new(struct mem *);
/* A copy that lives as long as the scenario; at == NULL: no memory. */
struct str build_keep(struct scenario *, struct str);
/* A new last step, with nothing in it. NULL: too many, or no memory. */
struct step *build_step(struct scenario *, enum step_kind, unsigned line);
/* A new last action of the step. NULL: too many, or no memory. */
struct action *build_action(struct scenario *, struct step *, enum action_kind);
/* The number of a variable, made where it is new. Negative: too many, or no memory. */
int build_variable(struct scenario *, struct str name);
/* The same of a clock. */
int build_clock(struct scenario *, struct str name);
/* Once all steps are there: rows, what is expected first, what is needed of messages. */
MUST_USE bool build_done(struct scenario *, struct scenario_error *);

#endif
