/* The transaction tables: every written cell is reached from the start, every blank one is ignored,
 * the figures are printed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "tx/tx.h"

static const struct tx_timers timers = {500 * NS_PER_MS, 4 * NS_PER_S, 5 * NS_PER_S, 32 * NS_PER_S,
                                        200 * NS_PER_MS};

/* Is the state reached from the kind's first state through written cells? */
static void reach(enum tx_kind kind, bool *reached)
{
    struct tx t;
    tx_start(&t, kind, false, &timers, 0);
    reached[t.state] = true;
    for (unsigned round = 0; round < N_TX_STATES; round++)
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned e = 0; reached[s] && e < N_TX_EVENTS; e++)
                if (tx_tables[kind][s][e].next != TX_NONE)
                    reached[tx_tables[kind][s][e].next] = true;
}

static void every_state_with_cells_is_reached(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++) {
        bool reached[N_TX_STATES] = {false};
        reach(kind, reached);
        assert_true(reached[TX_TERMINATED]);
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned e = 0; e < N_TX_EVENTS; e++)
                if (tx_tables[kind][s][e].next != TX_NONE)
                    assert_true(reached[s]);
    }
}

/* A timer's cell stands only where the timer can run: started by the state, kept from Trying, or
 * (Timer B behind a CANCEL) by tx_cancelled. */
static bool timer_may_run(enum tx_kind kind, unsigned state, enum tx_timer timer)
{
    const struct tx_state_timers *row = &tx_state_timers[kind][state];
    if (row->repeat == timer || row->end == timer)
        return true;
    if (kind == TX_INVITE_CLIENT && state == TX_PROCEEDING && timer == TIMER_B)
        return true;
    const struct tx_state_timers *from = &tx_state_timers[kind][TX_TRYING];
    if ((row->keep_repeat && from->repeat == timer) || (row->keep_end && from->end == timer))
        return true;
    return false;
}

static void timer_cells_are_those_of_the_running_timers(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++)
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned timer = TIMER_A; timer < N_TX_TIMERS; timer++) {
                unsigned event = TX_FIRE_A + timer - TIMER_A;
                bool written = tx_tables[kind][s][event].next != TX_NONE;
                assert_int_equal(written, timer_may_run(kind, s, timer));
            }
}

/* Steps every (kind, state, event): a written cell gives its next state and actions; a blank one
 * changes nothing. */
static void every_cell_is_obeyed(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++)
        for (unsigned s = TX_CALLING; s < N_TX_STATES; s++)
            for (unsigned event = 0; event < N_TX_EVENTS; event++) {
                const struct tx_cell *cell = &tx_tables[kind][s][event];
                struct tx t;
                tx_start(&t, kind, false, &timers, 0);
                t.state = (uint8_t)s;
                struct tx before = t;
                assert_int_equal(tx_ignores(&t, event), cell->next == TX_NONE);
                assert_int_equal(tx_step(&t, event, &timers, 1), cell->actions);
                if (cell->next == TX_NONE)
                    assert_memory_equal(&t, &before, sizeof t);
                else
                    assert_int_equal(t.state, cell->next);
            }
}

static void blank_cells_ask_for_nothing(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++)
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned e = 0; e < N_TX_EVENTS; e++)
                if (tx_tables[kind][s][e].next == TX_NONE)
                    assert_int_equal(tx_tables[kind][s][e].actions, 0);
}

struct row {
    enum tx_kind kind;
    enum tx_state state;
    enum tx_event event;
    enum tx_state next;
    unsigned actions;
};

/* Cells that the RFCs name in words. */
static void cells_of_the_rfcs(void **state)
{
    (void)state;
    static const struct row rows[] = {
        /* RFC 6026 8.4 */
        {TX_INVITE_CLIENT, TX_CALLING, TX_RECV_2XX, TX_ACCEPTED, TX_DELIVER},
        {TX_INVITE_CLIENT, TX_ACCEPTED, TX_RECV_2XX, TX_ACCEPTED, TX_DELIVER},
        {TX_INVITE_CLIENT, TX_ACCEPTED, TX_RECV_FINAL, TX_NONE, 0},
        /* RFC 3261 17.1.1.2 */
        {TX_INVITE_CLIENT, TX_PROCEEDING, TX_RECV_FINAL, TX_COMPLETED, TX_ACK | TX_DELIVER},
        {TX_INVITE_CLIENT, TX_COMPLETED, TX_RECV_FINAL, TX_COMPLETED, TX_ACK},
        {TX_INVITE_CLIENT, TX_COMPLETED, TX_TRANSPORT_ERROR, TX_TERMINATED, TX_FAILED},
        {TX_INVITE_CLIENT, TX_PROCEEDING, TX_FIRE_A, TX_NONE, 0},
        {TX_INVITE_CLIENT, TX_PROCEEDING, TX_TRANSPORT_ERROR, TX_NONE, 0},
        /* RFC 3261 17.1.2.2 */
        {TX_NON_INVITE_CLIENT, TX_PROCEEDING, TX_FIRE_E, TX_PROCEEDING, TX_RESEND},
        {TX_NON_INVITE_CLIENT, TX_COMPLETED, TX_RECV_2XX, TX_NONE, 0},
        /* RFC 6026 7.1 */
        {TX_INVITE_SERVER, TX_PROCEEDING, TX_SEND_2XX, TX_ACCEPTED, TX_SEND},
        {TX_INVITE_SERVER, TX_ACCEPTED, TX_RECV_REQUEST, TX_NONE, 0},
        {TX_INVITE_SERVER, TX_ACCEPTED, TX_RECV_ACK, TX_ACCEPTED, TX_DELIVER},
        {TX_INVITE_SERVER, TX_COMPLETED, TX_TRANSPORT_ERROR, TX_COMPLETED, TX_FAILED},
        /* RFC 3261 17.2.1 */
        {TX_INVITE_SERVER, TX_COMPLETED, TX_RECV_ACK, TX_CONFIRMED, 0},
        {TX_INVITE_SERVER, TX_COMPLETED, TX_FIRE_H, TX_TERMINATED, TX_TIMEOUT},
        {TX_INVITE_SERVER, TX_CONFIRMED, TX_RECV_ACK, TX_NONE, 0},
        /* RFC 3261 17.2.2 */
        {TX_NON_INVITE_SERVER, TX_TRYING, TX_RECV_REQUEST, TX_NONE, 0},
        {TX_NON_INVITE_SERVER, TX_COMPLETED, TX_RECV_REQUEST, TX_COMPLETED, TX_RESEND},
        {TX_NON_INVITE_SERVER, TX_COMPLETED, TX_SEND_FINAL, TX_NONE, 0},
        {TX_NON_INVITE_SERVER, TX_COMPLETED, TX_TRANSPORT_ERROR, TX_COMPLETED, TX_FAILED},
        /* RFC 4320 4.1, 4.2 */
        {TX_NON_INVITE_SERVER, TX_TRYING, TX_FIRE_QUIET, TX_PROCEEDING, TX_SEND_TRYING},
        {TX_NON_INVITE_SERVER, TX_PROCEEDING, TX_FIRE_F, TX_TERMINATED, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct tx_cell *cell = &tx_tables[rows[i].kind][rows[i].state][rows[i].event];
        assert_int_equal(cell->next, rows[i].next);
        assert_int_equal(cell->actions, rows[i].actions);
    }
}

static void the_figure_can_be_printed(void **state)
{
    (void)state;
    static char text[8192];
    for (unsigned kind = 0; kind < N_TX_KINDS; kind++) {
        struct buf b;
        buf_init(&b, text, sizeof text);
        tx_table_print(&b, kind);
        assert_false(b.over);
        size_t lines = 0, cells = 0;
        for (size_t i = 0; i < b.len; i++)
            lines += text[i] == '\n';
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned e = 0; e < N_TX_EVENTS; e++)
                cells += tx_tables[kind][s][e].next != TX_NONE;
        assert_int_equal(lines, cells + 2);
    }
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    tx_table_print(&b, TX_INVITE_CLIENT);
    text[b.len] = '\0';
    assert_non_null(strstr(text, "| Calling | Timer A | Calling, send again |\n"));
    assert_non_null(strstr(text, "| Proceeding | 300-699 | Completed, to TU, ACK sent |\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_with_cells_is_reached),
        cmocka_unit_test(timer_cells_are_those_of_the_running_timers),
        cmocka_unit_test(every_cell_is_obeyed),
        cmocka_unit_test(blank_cells_ask_for_nothing),
        cmocka_unit_test(cells_of_the_rfcs),
        cmocka_unit_test(the_figure_can_be_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
