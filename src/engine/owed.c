/* Final answers that there was no memory for: given in the TU's stead, as soon as there is some.
 * Knows no role. */
#include "engine/state.h"

#include <assert.h>

void server_owe(struct engine *e, struct server *s, unsigned status, time_ns now)
{
    const struct tx_timers *timers = &e->config.timers;
    assert(status >= 200 && status < 700);
    if (!s->request)
        return;
    s->owed = (uint16_t)status;
    if (s->job.owed_at == TIME_NEVER) {
        s->job.owed_at = time_add(now, timers->t2);
        s->owed_until = time_add(s->job.owed_at, 64 * timers->t1);
    }
    job_arm(e, &s->job);
}

/* As RFC 3261 17.2.4 has it for a response that cannot be sent. */
static void give_up(struct engine *e, struct server *s)
{
    e->stats.transport_errors++;
    if (s->job.tx.kind == TX_INVITE_SERVER)
        event_push(e, EVENT_SERVER_TIMEOUT, &s->job);
    server_end(e, s, true);
}

void server_pay(struct engine *e, struct server *s, time_ns now)
{
    const struct reply bare = {.status = s->owed};
    if (now >= s->owed_until) {
        give_up(e, s);
        return;
    }
    s->job.owed_at = time_add(now, e->config.timers.t1);
    job_arm(e, &s->job);
    /* Where it fails it is still owed. */
    (void)server_reply(e, s, &bare, now);
}
