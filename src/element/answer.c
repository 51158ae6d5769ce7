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
    /* without memory the engine owes it */
    (void)engine_reply(e->engine, ev->tx, &reply, now);
}

void answer_once(struct element *e, const struct engine_event *ev, unsigned status,
                 struct str reason, struct str headers, time_ns now)
{
    const struct reply reply = {.status = status, .reason = reason, .headers = headers};
    if (ev->kind == EVENT_REQUEST) /* without memory the engine owes it */
        (void)engine_reply_once(e->engine, ev->tx, &reply, now);
}

void relay(struct element *e, const struct engine_event *ev, const struct asserted *who,
           time_ns now)
{
    const struct fork_how how = {.asserted = *who, .follow = e->mode == CONFIG_MODE_CALL};
    (void)proxy_forward_on(e->proxy, ev, &how, now); /* what cannot be forwarded, it answers */
}
