/* Runs the transaction tables: one function steps, one writes the state and its timers. Knows no
 * message, no address. */
#include "tx/tx.h"

#include <assert.h>

static void start_repeat(struct tx *t, enum tx_timer which, const struct tx_timers *timers,
                         time_ns now)
{
    time_ns span = tx_timer_span(timers, which, t->reliable);
    t->repeat = span == TIME_NEVER ? TIMER_NONE : (uint8_t)which;
    t->interval = span;
    t->repeat_at = time_add(now, span);
}

static void start_end(struct tx *t, enum tx_timer which, const struct tx_timers *timers,
                      time_ns now)
{
    t->end = (uint8_t)which;
    t->end_at = time_add(now, tx_timer_span(timers, which, t->reliable));
}

static void set_state(struct tx *t, enum tx_state state, const struct tx_timers *timers,
                      time_ns now)
{
    const struct tx_state_timers *row = &tx_state_timers[t->kind][state];
    t->state = (uint8_t)state;
    if (!row->keep_repeat)
        start_repeat(t, row->repeat, timers, now);
    if (!row->keep_end)
        start_end(t, row->end, timers, now);
}

/* A state whose end has zero seconds is left at once; an end that is kept and overdue has yet to
 * fire, for its cell says what it means. */
static void enter_state(struct tx *t, enum tx_state state, const struct tx_timers *timers,
                        time_ns now)
{
    set_state(t, state, timers, now);
    bool is_new = !tx_state_timers[t->kind][state].keep_end;
    if (is_new && t->end != TIMER_NONE && t->end_at <= now)
        set_state(t, TX_TERMINATED, timers, now);
}

void tx_start(struct tx *t, enum tx_kind kind, bool reliable, const struct tx_timers *timers,
              time_ns now)
{
    static const uint8_t first[N_TX_KINDS] = {TX_CALLING, TX_TRYING, TX_PROCEEDING, TX_TRYING};
    assert(kind < N_TX_KINDS);
    *t = (struct tx){.kind = (uint8_t)kind, .reliable = reliable};
    enter_state(t, first[kind], timers, now);
}

/* A fired repeat sets its next one: A doubles, E and G double up to T2, E is T2 in Proceeding (RFC
 * 3261 17.1.1.2, 17.1.2.2, 17.2.1). */
static void repeat_again(struct tx *t, const struct tx_timers *timers, time_ns now)
{
    time_ns doubled = time_add(t->interval, t->interval);
    if (t->repeat == TIMER_TRYING || t->repeat == TIMER_QUIET) {
        t->repeat = TIMER_NONE;
        t->repeat_at = TIME_NEVER;
        return;
    }
    if (t->repeat == TIMER_A)
        t->interval = doubled;
    else
        t->interval = t->state == TX_PROCEEDING ? timers->t2 : time_min(doubled, timers->t2);
    t->repeat_at = time_add(now, t->interval);
}

static enum tx_event event_of(uint8_t timer)
{
    static const uint8_t events[N_TX_TIMERS] = {
        [TIMER_A] = TX_FIRE_A,           [TIMER_B] = TX_FIRE_B,         [TIMER_D] = TX_FIRE_D,
        [TIMER_E] = TX_FIRE_E,           [TIMER_F] = TX_FIRE_F,         [TIMER_G] = TX_FIRE_G,
        [TIMER_H] = TX_FIRE_H,           [TIMER_I] = TX_FIRE_I,         [TIMER_J] = TX_FIRE_J,
        [TIMER_K] = TX_FIRE_K,           [TIMER_L] = TX_FIRE_L,         [TIMER_M] = TX_FIRE_M,
        [TIMER_TRYING] = TX_FIRE_TRYING, [TIMER_QUIET] = TX_FIRE_QUIET,
    };
    assert(timer != TIMER_NONE && timer < N_TX_TIMERS);
    return events[timer];
}

unsigned tx_step(struct tx *t, enum tx_event event, const struct tx_timers *timers, time_ns now)
{
    const struct tx_cell *cell = &tx_tables[t->kind][t->state][event];
    if (cell->next == TX_NONE)
        return 0;
    if (t->repeat != TIMER_NONE && event == event_of(t->repeat))
        repeat_again(t, timers, now);
    /* RFC 3261 17.2.1: once the TU has spoken no 100 is made for it. */
    if (event == TX_SEND_1XX && t->repeat == TIMER_TRYING) {
        t->repeat = TIMER_NONE;
        t->repeat_at = TIME_NEVER;
    }
    if (cell->next != t->state)
        enter_state(t, cell->next, timers, now);
    return cell->actions;
}

bool tx_ignores(const struct tx *t, enum tx_event event)
{
    return tx_tables[t->kind][t->state][event].next == TX_NONE;
}

bool tx_due(const struct tx *t, time_ns now, enum tx_event *event)
{
    if (t->end != TIMER_NONE && t->end_at <= now)
        *event = event_of(t->end);
    else if (t->repeat != TIMER_NONE && t->repeat_at <= now)
        *event = event_of(t->repeat);
    else
        return false;
    return true;
}

time_ns tx_deadline(const struct tx *t)
{
    return time_min(t->repeat_at, t->end_at);
}

void tx_cancelled(struct tx *t, const struct tx_timers *timers, time_ns now)
{
    assert(t->kind == TX_INVITE_CLIENT);
    if (t->state == TX_PROCEEDING)
        start_end(t, TIMER_B, timers, now);
}

void tx_end_by(struct tx *t, time_ns at)
{
    if (t->end != TIMER_NONE)
        t->end_at = time_min(t->end_at, at);
}

void tx_hush(struct tx *t)
{
    t->repeat = TIMER_NONE;
    t->repeat_at = TIME_NEVER;
}
