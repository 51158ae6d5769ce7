/* Preconditions in messages: what is refused for them, and what requires them (RFC 3312 8, 11). */
#include "ua/call_parts.h"

static void reply(struct ua *ua, tx_id tx, unsigned status, struct str headers, struct str body,
                  time_ns now)
{
    const struct reply r = {.status = status, .headers = headers, .body = body};
    (void)engine_reply(ua->engine, tx, &r, now);
}

static void refuse(struct ua *ua, tx_id tx, const struct block *failure, time_ns now)
{
    if (failure)
        reply(ua, tx, 580, STR("Content-Type: application/sdp\r\n"), block_str(failure), now);
    else
        reply(ua, tx, 580, STR_NONE, STR_NONE, now);
}

/* RFC 3261 21.4.15: to the first INVITE; later ones are answered at once. */
static bool lacks_reliability(struct msg *m)
{
    return m->method == METHOD_INVITE && msg_to(m)->tag.len == 0 &&
           !msg_has_token(m, HDR_REQUIRE, STR("100rel")) &&
           !msg_has_token(m, HDR_SUPPORTED, STR("100rel"));
}

bool precondition_refuses(struct ua *ua, const struct engine_event *ev, const struct body *body,
                          bool *suspended, time_ns now)
{
    enum sdp_readiness readiness;
    struct block *failure;
    *suspended = false;
    if (body->sdp.len == 0)
        return false;
    if (media_weigh(ua, body->sdp, &readiness, &failure)) {
        reply(ua, ev->tx, 503, STR_NONE, STR_NONE, now);
        return true;
    }
    *suspended = readiness == SDP_SUSPENDED;
    if (readiness == SDP_IMPOSSIBLE)
        refuse(ua, ev->tx, failure, now);
    block_unref(ua->blocks, failure);
    if (readiness == SDP_IMPOSSIBLE)
        return true;
    if (!*suspended || !lacks_reliability(ev->msg))
        return false;
    reply(ua, ev->tx, 421, STR("Require: 100rel\r\n"), STR_NONE, now);
    return true;
}

void precondition_put(struct buf *b, const struct media *media)
{
    if (plan_demands(media->wish))
        buf_put_lit(b, "Require: precondition\r\n");
}

static bool knows_preconditions(struct msg *m)
{
    return msg_has_token(m, HDR_SUPPORTED, STR("precondition")) ||
           msg_has_token(m, HDR_REQUIRE, STR("precondition"));
}

int precondition_demand(struct call *call, const struct plan *wish)
{
    struct leg *leg = call->chosen;
    if (!leg->exchange.empty_invite || !plan_demands(wish))
        return OK;
    if (!call->peer_reliable || !knows_preconditions(call->request))
        return ERR_INVALID;
    leg->suspended = true;
    return OK;
}
