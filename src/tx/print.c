/* Names of states, events and kinds, and the tables as text for the docs; knows nothing of how they
 * are run. */
#include "tx/tx.h"

#include <assert.h>

const char *tx_kind_name(enum tx_kind kind)
{
    static const char *const names[N_TX_KINDS] = {"INVITE client", "non-INVITE client",
                                                  "INVITE server", "non-INVITE server"};
    assert(kind < N_TX_KINDS);
    return names[kind];
}

const char *tx_state_name(enum tx_state state)
{
    static const char *const names[N_TX_STATES] = {
        "-", "Calling", "Trying", "Proceeding", "Completed", "Accepted", "Confirmed", "Terminated"};
    assert(state < N_TX_STATES);
    return names[state];
}

const char *tx_event_name(enum tx_event event)
{
    static const char *const names[N_TX_EVENTS] = {
        "1xx",         "2xx",         "300-699",         "request",         "ACK",
        "1xx from TU", "2xx from TU", "300-699 from TU", "transport error", "Timer A",
        "Timer B",     "Timer D",     "Timer E",         "Timer F",         "Timer G",
        "Timer H",     "Timer I",     "Timer J",         "Timer K",         "Timer L",
        "Timer M",     "200 ms",      "Timer E at T2",
    };
    assert(event < N_TX_EVENTS);
    return names[event];
}

static void put_actions(struct buf *b, unsigned actions)
{
    static const char *const names[] = {"to TU",
                                        "send",
                                        "send again",
                                        "ACK sent",
                                        "100 sent",
                                        "inform TU: timeout",
                                        "inform TU: transport error"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (actions & (1u << i)) {
            buf_put_lit(b, ", ");
            buf_put(b, str_from(names[i]));
        }
}

static void put_row(struct buf *b, enum tx_kind kind, unsigned state)
{
    for (unsigned event = 0; event < N_TX_EVENTS; event++) {
        const struct tx_cell *cell = &tx_tables[kind][state][event];
        if (cell->next == TX_NONE)
            continue;
        buf_put_lit(b, "| ");
        buf_put(b, str_from(tx_state_name(state)));
        buf_put_lit(b, " | ");
        buf_put(b, str_from(tx_event_name(event)));
        buf_put_lit(b, " | ");
        buf_put(b, str_from(tx_state_name(cell->next)));
        put_actions(b, cell->actions);
        buf_put_lit(b, " |\n");
    }
}

void tx_table_print(struct buf *b, enum tx_kind kind)
{
    buf_put_lit(b, "| ");
    buf_put(b, str_from(tx_kind_name(kind)));
    buf_put_lit(b, " | event | then |\n|---|---|---|\n");
    for (unsigned state = TX_NONE + 1; state < N_TX_STATES; state++)
        put_row(b, kind, state);
}
