/* Whose turn it is to ring: the stages of RFC 3261 16.6, delays within them, and the breadth that
 * RFC 5393 5.3.3 leaves. */
#include "proxy/forward.h"

static unsigned breadth_left(const struct context *c)
{
    unsigned used = 0;
    for (const struct branch *b = c->branches; b; b = b->next)
        used += b->status || b->left ? 0 : b->breadth;
    return used < c->breadth ? c->breadth - used : 0;
}

/* Is it this one's turn? Where nobody rings there is nothing to wait for. */
static bool is_due(const struct context *c, const struct turn *t, time_ns now)
{
    struct turns *turns = c->turns;
    if (c->n_ringing > 0)
        return t->stage == turns->stage && now >= time_add(turns->began, t->target.delay);
    turns->stage = t->stage;
    turns->began = now - (t->target.delay < now ? t->target.delay : now);
    return true;
}

/* What cannot be read was left out before. */
void context_ring(struct proxy *p, struct context *c, struct msg *m, const struct turn *t,
                  unsigned breadth, time_ns now)
{
    struct uri uri;
    struct msg_error err;
    struct branch *b = context_add(p, c);
    if (!b) {
        c->overloaded = true;
        return;
    }
    b->ring_end = t->target.ring_time ? time_add(now, t->target.ring_time) : TIME_NEVER;
    if (!uri_parse(t->target.uri, &uri, &err)) {
        branch_end(p, b, 503, NULL);
        return;
    }
    const struct goal goal = {
        .uri = &uri, .target = &t->target, .breadth = breadth, .group = t->group};
    branch_start(p, b, m, &goal, now);
}

static void set_timer(struct proxy *p, struct context *c, const struct turn *t)
{
    const struct turns *turns = c->turns;
    if (t->stage == turns->stage)
        wheel_set(&p->nexts, &c->next, time_add(turns->began, t->target.delay));
}

void context_advance(struct proxy *p, struct context *c, time_ns now)
{
    struct msg *m = c->server ? engine_tx_request(p->engine, c->server) : NULL;
    if (m && c->copy)
        m = c->copy;
    if (!m || c->closed || !c->turns || !proxy_plan_use(p, m, c->server)) {
        context_close(p, c);
        return;
    }
    wheel_stop(&p->nexts, &c->next);
    for (struct turn *t; (t = turns_next(engine_blocks(p->engine), &c->turns));) {
        unsigned left = breadth_left(c), others = turns_in_stage(c->turns);
        if (!is_due(c, t, now)) {
            set_timer(p, c, t);
            return;
        }
        if (left == 0) /* RFC 5393 5.3.3: then one after the other */
            return;
        c->turns->at++;
        context_ring(p, c, m, t, (left + others - 1) / others, now);
    }
}
