/* Owns how the element itself answers and passes on. Decides nothing. */
#include "element/parts.h"

void answer(struct element *e, const struct engine_event *ev, unsigned status, struct str reason,
            struct str headers, time_ns now)
{
    if (ev->kind == EVENT_ACK)
        return;
    struct reply reply = {.status = status, .reason = reason, .headers = headers};
    if (ev->kind == EVENT_CANCEL) /* RFC 3261 9.2 */
        reply = (struct reply){.status = 481};
    else if (status == 503)
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

/* What cannot be forwarded, the proxy answers. */
void relay(struct element *e, const struct engine_event *ev, const struct asserted *who,
           bool stateless, time_ns now)
{
    const struct fork_how how = {.asserted = *who, .follow = e->mode == CONFIG_MODE_CALL};
    if (stateless)
        (void)proxy_pass(e->proxy, ev, NULL, 0, &how, now);
    else
        (void)proxy_forward_on(e->proxy, ev, &how, now);
}
