/* One branch: the copy of a request goes to its target (RFC 3261 16.6 steps 8 to 11). Knows no
 * other branch. */
#include "proxy/forward.h"
#include "proxy/joints.h"
#include "proxy/legs.h"

/* RFC 7044 9.2: who knows of histories is told of the step to a phone, too. */
static unsigned number_step(struct branch *b, struct msg *m, const struct goal *goal)
{
    if (!goal->target || !msg_has_token(m, HDR_SUPPORTED, STR("histinfo")))
        return 0;
    return b->leg ? ++b->leg->n_children : ++b->context->n_children;
}

static int branch_send(struct proxy *p, struct branch *b, struct msg *m, const struct goal *to,
                       time_ns now)
{
    struct forward f;
    struct goal numbered = *to;
    const struct goal *goal = &numbered;
    numbered.step = number_step(b, m, to);
    enum fork_record_route stay = b->context->how.record_route;
    b->group = (uint8_t)goal->group;
    b->has_target = goal->target != NULL;
    b->flow_only =
        b->has_target ? goal->target->flow_only && goal->target->has_flow : p->plan.by_path;
    b->breadth = (uint8_t)goal->breadth;
    if (b->context->joints && goal->target)
        joint_mark(p, b, goal->target);
    if (stay != FORK_AS_CONFIGURED)
        p->plan.record_route = stay == FORK_IN_PATH;
    p->plan.session = b->context->session;
    if (!forward_build(p, &f, m, goal, &b->context->how.asserted))
        return ERR_NO_ROUTE;
    struct outgoing out = {.base = m,
                           .edits = &f.edits,
                           .flow = f.flow,
                           .hop = b->flow_only ? NULL : &f.hop,
                           .branch_suffix = loop_suffix(p, m),
                           .owner = p->config.owner,
                           .user = b->context->id};
    b->by_dialog_flow = f.flow && !goal->target && !b->flow_only;
    return engine_request(p->engine, &out, now, &b->tx);
}

/* False: its peer has as many calls as it takes. */
static bool load(struct proxy *p, struct branch *b, const struct goal *goal, time_ns now)
{
    if (!b->context->invite || !goal->target || !p->config.loads)
        return true;
    if (!loads_take(p->config.loads, &goal->target->load, now))
        return false;
    b->load = goal->target->load.slot;
    return true;
}

/* RFC 3261 16.9: what cannot be sent counts as a 503. */
void branch_start(struct proxy *p, struct branch *b, struct msg *m, const struct goal *goal,
                  time_ns now)
{
    int err = load(p, b, goal, now) ? branch_send(p, b, m, goal, now) : ERR_LIMIT;
    if (err) {
        b->context->overloaded |= err == ERR_NOMEM || err == ERR_LIMIT;
        branch_end(p, b, 503, NULL);
    } else if (b->context->invite) {
        timer_c_start(p, b, now);
    }
}

/* RFC 5626 4.3: a connection may be gone without our knowledge, as another worker's is; Contact may
 * still do. */
bool branch_retry(struct proxy *p, struct branch *b, time_ns now)
{
    tx_id server = b->context->server;
    struct msg *m = server ? engine_tx_request(p->engine, server) : NULL;
    if (!b->by_dialog_flow || b->provisional || b->cancelled || !m || !proxy_plan_use(p, m, server))
        return false;
    p->plan.has_flow = false;
    const struct goal goal = {.uri = &p->plan.request_uri, .breadth = forward_breadth(m)};
    branch_start(p, b, m, &goal, now);
    return true;
}
