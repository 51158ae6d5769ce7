/* Machines without clocks, run by the real tx_step at time 0. */
#include "machine.h"

#include "ignored.h"
#include "property.h"

#include <assert.h>

const struct tx_cell (*tables_under_test)[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS] = &tx_tables;
bool cells_reached[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];
const struct tx_timers model_timers = {.t1 = 5, .t2 = 40, .t4 = 50, .d_min = 320, .trying = 2};

/* What runs is not yet due at time 0. */
static struct tx with_clock(const struct machine *m)
{
    return (struct tx){.kind = m->kind,
                       .state = m->state,
                       .reliable = m->reliable,
                       .repeat = m->repeat,
                       .end = m->end,
                       .interval = 1,
                       .repeat_at = m->repeat ? 1 : TIME_NEVER,
                       .end_at = m->end ? 1 : TIME_NEVER};
}

static struct machine without_clock(const struct tx *t)
{
    return (struct machine){t->kind, t->state, t->repeat, t->end, t->reliable};
}

void machine_start(struct machine *m, enum tx_kind kind, bool reliable)
{
    struct tx t;
    tx_start(&t, kind, reliable, &model_timers, 0);
    *m = without_clock(&t);
}

static enum tx_event fire(unsigned timer)
{
    assert(timer != TIMER_NONE && timer < N_TX_TIMERS);
    return TX_FIRE_A + timer - TIMER_A;
}

void machine_watch(struct explore *x, const struct machine *before, enum tx_event event,
                   unsigned state_after, unsigned actions)
{
    bool ignores = (*tables_under_test)[before->kind][before->state][event].next == TX_NONE;
    cells_reached[before->kind][before->state][event] = true;
    if (before->state == TX_TERMINATED) {
        if (!ignores || actions || state_after != TX_TERMINATED)
            explore_fault(x, property(DEAD_IS_DEAD));
    } else if (ignores && !may_ignore(before->kind, before->state, event)) {
        explore_fault(x, property(IGNORED_BY_FIGURE));
    } else if (before->end && event == fire(before->end) && state_after != TX_TERMINATED) {
        explore_fault(x, property(LIFE_ENDS));
    }
}

unsigned machine_step(struct explore *x, struct machine *m, enum tx_event event)
{
    struct tx t = with_clock(m);
    unsigned actions = tx_step(&t, event, &model_timers, 0);
    machine_watch(x, m, event, t.state, actions);
    *m = without_clock(&t);
    return actions;
}

void machine_cancelled(struct machine *m)
{
    struct tx t = with_clock(m);
    tx_cancelled(&t, &model_timers, 0);
    *m = without_clock(&t);
}

bool machine_repeat(const struct machine *m, enum tx_event *event)
{
    if (m->repeat != TIMER_NONE)
        *event = fire(m->repeat);
    return m->repeat != TIMER_NONE;
}

bool machine_end(const struct machine *m, enum tx_event *event)
{
    if (m->end != TIMER_NONE)
        *event = fire(m->end);
    return m->end != TIMER_NONE;
}

bool machine_stands(const struct machine *m)
{
    return m->state != TX_NONE && m->state != TX_TERMINATED;
}
