/* Goes through a session's steps, as far as they go without waiting. Reads and writes no message.
 */
#include <math.h>

#include "session.h"

#define STEPS_AT_ONCE 10000 /* a scenario that goes round without ever waiting has failed */

static bool is_left_out(const struct session *s, const struct step *step)
{
    return step->condition >= 0 && variable_is_set(s, step->condition) == step->condition_inverse;
}

static bool does_jump(struct load *l, const struct session *s, const struct step *step)
{
    return step->next >= 0 && (step->test < 0 || variable_is_set(s, step->test)) &&
           (step->chance >= 1 << 16 || rand_below(&l->rand, 1 << 16) < step->chance);
}

static int next_of(const struct load *l, const struct step *step, bool jumps)
{
    return jumps ? step->next : (int)(step - l->scenario->steps) + 1;
}

/* --- clocks --- */

static void run_clocks(struct load *l, struct session *s, const struct step *step, time_ns now)
{
    if (step->stop_clock) {
        time_ns from = s->clocks[step->stop_clock];
        const struct scenario *sc = l->scenario;
        for (unsigned i = 0; i < sc->n_rows; i++)
            if (sc->rows[i].clock == step->stop_clock)
                histogram_add(&l->tally->rows[i], now - (from ? from : s->meant));
    }
    if (step->start_clock)
        s->clocks[step->start_clock] = now;
}

/* --- pauses --- */

static double uniform(struct load *l)
{
    return ((double)(rand_u64(&l->rand) >> 11) + 1) / 9007199254740992.0;
}

static time_ns span_of(double ns)
{
    return ns <= 0 ? 0 : ns > 86400e9 ? 86400 * NS_PER_S : (time_ns)ns;
}

static time_ns pause_of(struct load *l, const struct session *s, const struct step *step)
{
    switch ((enum pause_kind)step->pause) {
    case PAUSE_HOLD:
        return l->config.hold;
    case PAUSE_FIXED:
        return step->from;
    case PAUSE_UNIFORM:
        return step->from + rand_below(&l->rand, step->to - step->from + 1);
    case PAUSE_EXPONENTIAL:
        return span_of(-log(uniform(l)) * (double)step->from);
    case PAUSE_NORMAL: /* Box and Muller's */
        return span_of((double)step->from + (double)step->to * sqrt(-2 * log(uniform(l))) *
                                                cos(6.283185307179586 * uniform(l)));
    case PAUSE_VARIABLE:
        return span_of(variable_number(s, step->variable) * 1e6);
    }
    return 0;
}

/* True: it goes on at once. */
static bool begin_pause(struct load *l, struct session *s, const struct step *step, time_ns due,
                        time_ns now)
{
    time_ns span = pause_of(l, s, step);
    if (step->timewait && !s->over)
        session_succeed(l, s, now);
    if (span == 0)
        return true;
    s->due = time_add(due, span);
    wheel_set(&l->wheel, &s->alarm.timer, s->due);
    return false;
}

/* --- steps --- */

static void begin_wait(struct load *l, struct session *s, const struct step *step, time_ns now)
{
    s->due = time_add(now, step->timeout ? step->timeout : l->config.timeout);
    wheel_set(&l->wheel, &s->alarm.timer, s->due);
}

/* The actions of a step without a message. False: the session has ended. */
static bool act(struct load *l, struct session *s, const struct step *step, time_ns now)
{
    enum acted acted = step->n_actions ? session_act(l, s, step, l->message) : ACTED;
    switch (acted) {
    case ACTED:
        return true;
    case ACTED_STOP:
        s->at = (int)l->scenario->n_steps;
        session_succeed(l, s, now);
        return false;
    case ACTED_CHECK:
    case ACTED_FAIL:
        break;
    }
    session_fail(l, s, acted == ACTED_CHECK ? CAUSE_CHECK : CAUSE_SCENARIO, NULL, now);
    return false;
}

enum went { WENT_ON, WENT_WAITING, WENT_ENDED };

static enum went send_step(struct load *l, struct session *s, const struct step *step, time_ns due,
                           time_ns now)
{
    if (load_is_full(l)) { /* once the outputs were taken */
        s->due = due;
        wheel_set(&l->wheel, &s->alarm.timer, now);
        return WENT_WAITING;
    }
    enum cause cause = load_send_step(l, s, step, due, now);
    if (cause == N_CAUSES)
        return act(l, s, step, now) ? WENT_ON : WENT_ENDED;
    session_fail(l, s, cause, NULL, now);
    return WENT_ENDED;
}

static enum went go(struct load *l, struct session *s, const struct step *step, time_ns due,
                    time_ns now)
{
    switch ((enum step_kind)step->kind) {
    case STEP_SEND:
        return send_step(l, s, step, due, now);
    case STEP_NOP:
        return act(l, s, step, now) ? WENT_ON : WENT_ENDED;
    case STEP_PAUSE:
        return begin_pause(l, s, step, due, now) ? WENT_ON : WENT_WAITING;
    case STEP_RECEIVE:
        begin_wait(l, s, step, now);
        return WENT_WAITING;
    }
    return WENT_ENDED;
}

void session_run(struct load *l, struct session *s, time_ns due, time_ns now)
{
    const struct scenario *sc = l->scenario;
    for (unsigned i = 0; i < STEPS_AT_ONCE; i++) {
        if (s->at >= (int)sc->n_steps) {
            session_succeed(l, s, now);
            return;
        }
        const struct step *step = &sc->steps[s->at];
        if (is_left_out(s, step)) {
            s->at++;
            continue;
        }
        if (go(l, s, step, due, now) != WENT_ON)
            return;
        run_clocks(l, s, step, now);
        s->at = next_of(l, step, does_jump(l, s, step));
    }
    session_fail(l, s, CAUSE_SCENARIO, NULL, now);
}

static void time_out(struct load *l, struct session *s, const struct step *step, time_ns now)
{
    if (step->on_timeout < 0) {
        session_fail(l, s, CAUSE_TIMEOUT, NULL, now);
        return;
    }
    s->at = step->on_timeout;
    session_run(l, s, now, now);
}

void session_alarm(struct load *l, struct session *s, time_ns due, time_ns now)
{
    if (s->dying || s->at >= (int)l->scenario->n_steps) {
        session_close(l, s);
        return;
    }
    const struct step *step = &l->scenario->steps[s->at];
    if (step->kind == STEP_RECEIVE) {
        time_out(l, s, step, now);
        return;
    }
    if (step->kind == STEP_PAUSE) {
        run_clocks(l, s, step, now);
        s->at = next_of(l, step, does_jump(l, s, step));
    }
    session_run(l, s, due, now);
}

/* --- a message --- */

void session_took(struct load *l, struct session *s, const struct step *step, time_ns now)
{
    run_clocks(l, s, step, now);
    if (!act(l, s, step, now))
        return;
    bool jumps = does_jump(l, s, step);
    if (step->optional && !jumps)
        return; /* it waits for what it waited for */
    wheel_stop(&l->wheel, &s->alarm.timer);
    s->at = next_of(l, step, jumps);
    session_run(l, s, now, now);
}
