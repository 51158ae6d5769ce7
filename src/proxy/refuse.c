/* Answers of the proxy's own, and those that there was no memory for yet. */
#include "proxy/context.h"

#define RETRY_REFUSAL (500 * NS_PER_MS)

static const struct str retry_after = STR_INIT("Retry-After: 5\r\n");

int proxy_answer(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now)
{
    struct reply reply = {.status = status, .reason = reason, .headers = headers};
    if (status == 503)
        reply.headers = retry_after;
    return engine_reply(p->engine, tx, &reply, now);
}

int proxy_refuse(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now)
{
    int err = proxy_answer(p, tx, status, reason, headers, now);
    if (err != ERR_NOMEM || p->n_owed == OWED_MAX)
        return err;
    p->owed[p->n_owed++] = tx;
    if (!timer_is_set(&p->owed_timer))
        wheel_set(&p->wheel, &p->owed_timer, time_add(now, RETRY_REFUSAL));
    return OK;
}

void refuse_owed(struct proxy *p, time_ns now)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < p->n_owed; i++)
        if (proxy_answer(p, p->owed[i], 500, STR_NONE, STR_NONE, now) == ERR_NOMEM)
            p->owed[kept++] = p->owed[i];
    p->n_owed = kept;
    if (kept > 0)
        wheel_set(&p->wheel, &p->owed_timer, time_add(now, RETRY_REFUSAL));
}
