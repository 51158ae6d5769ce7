/* Faults put into the tables one at a time, each of which the models must notice. */
#ifndef TANDEM_MODEL_MUTATE_H
#define TANDEM_MODEL_MUTATE_H

#include <stdbool.h>

#include "machine.h"

struct mutant {
    enum tx_kind kind;
    enum tx_state state;
    enum tx_event event;
    struct tx_cell cell; /* in the place of the table's */
};

/* The next one after `m`, which begins zeroed: the written cells in order, each without its cell,
 * with every other next state, without each of its actions, with each action that it has not.
 * False: no more. */
bool mutant_next(struct mutant *m, unsigned *cursor);
/* Puts it in the place of tables_under_test until mutant_leave. */
void mutant_enter(const struct mutant *);
void mutant_leave(void);
void mutant_print(FILE *, const struct mutant *);

#endif
