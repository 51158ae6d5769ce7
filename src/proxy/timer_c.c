/* Timer C (RFC 3261 16.6 step 11, 16.8): the end of an INVITE that rings for ever; and the end of a
 * ring time, by which others have their turn. */
#include "proxy/joints.h"

#define RETRY_CANCEL NS_PER_S
/* How long those whose turn comes wait for the answer to a CANCEL: it may be a 2xx. */
#define WAIT_CANCELLED (2 * NS_PER_S)

void timer_c_start(struct proxy *p, struct branch *b, time_ns now)
{
    wheel_set(&p->wheel, &b->timer_c, time_min(time_add(now, p->config.timer_c), b->ring_end));
}

static int give_up(struct proxy *p, struct branch *b, time_ns now)
{
    int err = engine_cancel(p->engine, b->tx, STR_NONE, now);
    b->cancelled = err != ERR_NOMEM;
    b->rung_out = b->cancelled && now >= b->ring_end;
    struct msg *request = engine_tx_request(p->engine, b->context->server);
    if (b->cancelled && request)
        engine_why(p->engine, request, REASON_RING_TIME,
                   b->rung_out ? STR("a phone's turn") : STR("timer C"), now);
    if (!b->cancelled)
        wheel_set(&p->wheel, &b->timer_c, time_add(now, RETRY_CANCEL));
    else if (b->context->turns)
        wheel_set(&p->wheel, &b->timer_c, time_add(now, WAIT_CANCELLED));
    return b->cancelled ? OK : err;
}

void branch_rang_out(struct proxy *p, struct branch *b)
{
    b->own = b->provisional; /* else nobody was there */
    branch_end(p, b, 408, NULL);
}

/* Without a provisional response as if a 408 had come; the CANCEL then waits in the engine for one.
 */
int timer_c_fired(struct proxy *p, struct branch *b, time_ns now)
{
    if (b->status)
        return OK;
    if (b->waits) {
        joint_waited(p, b);
        return context_settle(p, b->context, now);
    }
    if (b->cancelled) {
        branch_leave(b);
        return context_settle(p, b->context, now);
    }
    int err = give_up(p, b, now);
    if (err || b->provisional)
        return err;
    if (b->rung_out)
        branch_rang_out(p, b);
    else
        branch_end(p, b, 408, NULL);
    return context_settle(p, b->context, now);
}
