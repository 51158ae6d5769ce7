/* One transaction of the real tables with its clock taken off: what of its timers runs may fire at
 * any moment. Counts the cells that were reached. Knows no message. */
#ifndef TANDEM_MODEL_MACHINE_H
#define TANDEM_MODEL_MACHINE_H

#include "explore.h"
#include "tx/tx.h"

/* Bytes only, so that a state that holds it has no padding. */
struct machine {
    uint8_t kind, state, repeat, end, reliable;
};

/* What machine.c of the transactions runs here: tables under test instead of its own. */
extern const struct tx_cell (*tables_under_test)[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];

/* Which cells any model has come to, written or blank. */
extern bool cells_reached[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];

/* In tenths of a second: the RFC's 500 ms, 4 s, 5 s, 32 s and 200 ms. */
extern const struct tx_timers model_timers;

/* TX_NONE until started. */
void machine_start(struct machine *, enum tx_kind, bool reliable);
/* The actions. Faults: an event is ignored that the figure does not let be ignored (see ignored.h);
 * an end of life that does not end; a terminated machine that does something. */
unsigned machine_step(struct explore *, struct machine *, enum tx_event);
void machine_cancelled(struct machine *);
/* The event of the running timer; false: none runs. */
bool machine_repeat(const struct machine *, enum tx_event *);
bool machine_end(const struct machine *, enum tx_event *);
bool machine_stands(const struct machine *);

/* The same rules for a machine that is run elsewhere (with its clock): before the event. */
void machine_watch(struct explore *, const struct machine *before, enum tx_event,
                   unsigned state_after, unsigned actions);

#endif
