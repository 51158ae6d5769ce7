/* Owns how the element itself answers and passes on. Decides nothing. */
#include "element/parts.h"

void answer(struct element *e, const struct engine_event *ev, unsigned status, struct str reason,
            struct str headers, time_ns now)
{
    if (ev->kind != EVENT_REQUEST)
        return;
    struct reply reply = {.status = status, .reason = reason, .headers = headers};
    if (status == 503)
        reply.headers = STR("Retry-After: 5\r\n");
    /* Without memory for an answer the sender's timer ends the transaction, as if this were lost.
     */
    (void)engine_reply(e->engine, ev->tx, &reply, now);
}

void relay(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (proxy_forward_on(e->proxy, ev, now) == ERR_NOMEM)
        answer(e, ev, 503, STR("No memory"), STR_NONE, now);
}
