/* Clocks as records of fixed size, and schedules. */
#include "clock.h"

static uint16_t narrow(time_ns t)
{
    return t >= NEVER ? NEVER : (uint16_t)t;
}

static time_ns widen(uint16_t t)
{
    return t == NEVER ? TIME_NEVER : t;
}

static struct tx to_tx(const struct clock *c, const struct machine *m)
{
    return (struct tx){.kind = m->kind,
                       .state = m->state,
                       .reliable = m->reliable,
                       .repeat = m->repeat,
                       .end = m->end,
                       .interval = widen(c->interval),
                       .repeat_at = widen(c->repeat_at),
                       .end_at = widen(c->end_at)};
}

static void from_tx(struct clock *c, struct machine *m, const struct tx *t)
{
    *m = (struct machine){t->kind, t->state, t->repeat, t->end, t->reliable};
    *c = (struct clock){narrow(t->interval), narrow(t->repeat_at), narrow(t->end_at)};
}

void clock_start(struct clock *c, struct machine *m, enum tx_kind kind, bool reliable, unsigned now)
{
    struct tx t;
    tx_start(&t, kind, reliable, &model_timers, now);
    from_tx(c, m, &t);
}

unsigned clock_step(struct clock *c, struct machine *m, enum tx_event event, unsigned now)
{
    struct tx t = to_tx(c, m);
    unsigned actions = tx_step(&t, event, &model_timers, now);
    from_tx(c, m, &t);
    return actions;
}

void clock_cancelled(struct clock *c, struct machine *m, unsigned now)
{
    struct tx t = to_tx(c, m);
    tx_cancelled(&t, &model_timers, now);
    from_tx(c, m, &t);
}

bool clock_due(const struct clock *c, const struct machine *m, unsigned now, enum tx_event *event)
{
    struct tx t = to_tx(c, m);
    return tx_due(&t, now, event);
}

unsigned clock_deadline(const struct clock *c)
{
    return c->repeat_at < c->end_at ? c->repeat_at : c->end_at;
}

void schedule_start(struct schedule *s, unsigned now, unsigned end)
{
    s->interval = (uint16_t)model_timers.t1;
    s->next = (uint16_t)(now + s->interval);
    s->sent = 1;
    s->end = (uint16_t)(now + end);
}

bool schedule_repeat(struct schedule *s, unsigned now, unsigned most, unsigned least)
{
    bool timely = now == s->next;
    unsigned interval = 2u * s->interval;
    interval = interval > least ? interval : least;
    s->interval = (uint16_t)(interval < most ? interval : most);
    s->next = (uint16_t)(now + s->interval);
    s->sent++;
    return timely;
}

void schedule_settle(struct schedule *s, unsigned now, unsigned end)
{
    s->interval = 0;
    s->next = NEVER;
    s->sent = 0;
    s->end = end == NEVER ? NEVER : (uint16_t)(now + end);
}

bool schedule_is_kept(const struct schedule *s, unsigned now)
{
    return now <= s->next && now <= s->end;
}
