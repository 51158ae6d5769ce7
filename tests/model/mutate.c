/* The mutants of the tables, one after another. */
#include "mutate.h"

#include <string.h>

enum { N_ACTIONS = 7, DROP = 0, PER_CELL = 1 + N_TX_STATES + N_ACTIONS };

static struct tx_cell mutant_tables[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];

/* The n-th change of a cell; false: it changes nothing. */
static bool change(struct tx_cell *cell, unsigned n)
{
    if (n == DROP) {
        *cell = (struct tx_cell){0};
        return true;
    }
    if (n > N_TX_STATES - 1) {
        cell->actions ^= (uint8_t)(1u << (n - N_TX_STATES));
        return n - N_TX_STATES < N_ACTIONS;
    }
    bool changed = cell->next != n;
    cell->next = (uint8_t)n;
    return changed;
}

bool mutant_next(struct mutant *m, unsigned *cursor)
{
    for (; *cursor < N_TX_KINDS * N_TX_STATES * N_TX_EVENTS * PER_CELL; ++*cursor) {
        unsigned at = *cursor / PER_CELL;
        m->event = at % N_TX_EVENTS;
        m->state = at / N_TX_EVENTS % N_TX_STATES;
        m->kind = at / N_TX_EVENTS / N_TX_STATES;
        m->cell = tx_tables[m->kind][m->state][m->event];
        if (m->cell.next != TX_NONE && change(&m->cell, *cursor % PER_CELL)) {
            ++*cursor;
            return true;
        }
    }
    return false;
}

void mutant_enter(const struct mutant *m)
{
    memcpy(mutant_tables, tx_tables, sizeof mutant_tables);
    mutant_tables[m->kind][m->state][m->event] = m->cell;
    tables_under_test =
        (const struct tx_cell(*)[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS]) & mutant_tables;
}

void mutant_leave(void)
{
    tables_under_test = &tx_tables;
}

void mutant_print(FILE *out, const struct mutant *m)
{
    fprintf(out, "%s, %s, %s: %s, actions %02x", tx_kind_name(m->kind), tx_state_name(m->state),
            tx_event_name(m->event), tx_state_name(m->cell.next), m->cell.actions);
}
