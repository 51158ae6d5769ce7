/* Answers of the proxy's own. */
#include "proxy/context.h"

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
    return err == ERR_NOMEM ? OK : err; /* then the engine owes it */
}
