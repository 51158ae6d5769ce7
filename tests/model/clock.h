/* A transaction with its clock, and beside it the schedule that the RFC gives it, reckoned apart
 * from the machine. Times in tenths of a second. Knows no network. */
#ifndef TANDEM_MODEL_CLOCK_H
#define TANDEM_MODEL_CLOCK_H

#include "machine.h"

#define NEVER UINT16_MAX

/* The timers of a machine. */
struct clock {
    uint16_t interval, repeat_at, end_at;
};

/* What the RFC lets happen when. */
struct schedule {
    uint16_t interval, next; /* when it must be sent again */
    uint16_t end;            /* when it must end */
    uint16_t sent;           /* how often it was */
};

void clock_start(struct clock *, struct machine *, enum tx_kind, bool reliable, unsigned now);
/* The real tx_step at this time; the actions. `m` becomes what the machine then is. */
unsigned clock_step(struct clock *, struct machine *m, enum tx_event, unsigned now);
void clock_cancelled(struct clock *, struct machine *, unsigned now);
bool clock_due(const struct clock *, const struct machine *, unsigned now, enum tx_event *);
/* NEVER: nothing runs. */
unsigned clock_deadline(const struct clock *);

/* Sent for the first time now: again after T1. `end` from now the machine is over. */
void schedule_start(struct schedule *, unsigned now, unsigned end);
/* Sent again: was it the time? The next is after twice the interval, at most `most`
 * and at least `least`. */
bool schedule_repeat(struct schedule *, unsigned now, unsigned most, unsigned least);
/* Nothing is sent again; the end is `end` from now. */
void schedule_settle(struct schedule *, unsigned now, unsigned end);
/* Has nothing been missed? */
bool schedule_is_kept(const struct schedule *, unsigned now);

#endif
