/* Ends calls on request and in time: BYEs of our own both ways, CANCELs where nobody has answered.
 * Knows no dialog's inside. */
#include "proxy/context.h"
#include "proxy/mark.h"

#define BYE_MAX (LIMIT_DIALOG_BYTES + 1024)

/* By the flow where there is one, as a request of the other side would go. */
static int send(struct proxy *p, const struct follow_bye *bye, time_ns now)
{
    struct uri hop;
    struct msg_error err;
    struct flow flow;
    tx_id tx;
    bool has_hop = uri_parse(bye->hop, &hop, &err);
    bool has_flow = bye->flow.len > 0 && flow_token_parse(p, bye->flow, &flow);
    if (!has_hop && !has_flow)
        return ERR_NO_ROUTE;
    struct outgoing out = {.text = bye->text,
                           .flow = has_flow ? &flow : NULL,
                           .hop = has_hop ? &hop : NULL,
                           .owner = (uint8_t)(p->config.bye_owner + (bye->to == FOLLOW_CALLEE)),
                           .user = bye->call};
    return engine_request(p->engine, &out, now, &tx);
}

void track_hang_up(struct proxy *p, time_ns now)
{
    char text[BYE_MAX];
    struct buf b;
    struct follow_bye bye;
    buf_init(&b, text, sizeof text);
    while (follow_bye(p->calls, &b, &bye)) {
        int err = b.over ? ERR_INVALID : send(p, &bye, now);
        if (err)
            follow_bye_failed(p->calls, bye.call, bye.to, err == ERR_NOMEM || err == ERR_LIMIT,
                              now);
        else
            follow_bye_sent(p->calls, bye.call, bye.to);
        buf_init(&b, text, sizeof text);
    }
}

void proxy_bye_event(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    enum follow_side side = ev->owner == p->config.bye_owner ? FOLLOW_CALLER : FOLLOW_CALLEE;
    /* RFC 3261 15.1.1: by any answer, but for one that asks who we are */
    if (ev->kind == EVENT_RESPONSE && (ev->msg->status / 100 == 2 || ev->msg->status == 481))
        follow_bye_done(p->calls, ev->user, side);
    if (ev->kind != EVENT_TRANSPORT_ERROR)
        return;
    follow_bye_failed(p->calls, ev->user, side, false, now);
    track_hang_up(p, now);
}

bool proxy_end_call(struct proxy *p, follow_ref id, enum follow_cause cause, time_ns now)
{
    bool ends = follow_end(p->calls, id, cause, now);
    track_hang_up(p, now);
    return ends;
}

bool proxy_end_invite(struct proxy *p, uint64_t user, enum follow_cause cause, time_ns now)
{
    struct context *c = pool_get(&p->contexts, user);
    if (!c || !c->invite || c->answered || c->urgent)
        return false;
    follow_setup_doom(p->calls, c->setup, cause);
    context_close(p, c);
    context_cancel(p, c, STR("Reason: Q.850;cause=16;text=\"Ended by the operator\"\r\n"), now);
    (void)context_settle(p, c, now); /* an answer that finds no memory is tried again */
    return true;
}

bool proxy_ended(struct proxy *p, struct follow_view *out)
{
    return follow_ended(p->calls, out);
}

const struct follow_table *proxy_calls(const struct proxy *p)
{
    return p->calls;
}
