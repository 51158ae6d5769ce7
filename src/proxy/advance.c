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

static bool is_due(const struct turns *turns, const struct turn *t, time_ns now)
{
    return t->stage == turns->stage && now >= time_add(turns->began, t->target.delay);
}

/* Whose turn it is. Where nobody rings there is nothing to wait for. */
static struct turns *who_is_due(struct context *c, time_ns now)
{
    for (struct turns *turns = c->turns; turns; turns = turns->rest)
        if (is_due(turns, turns_next(turns), now))
            return turns;
    if (c->n_ringing > 0)
        return NULL;
    const struct turn *t = turns_next(c->turns);
    c->turns->stage = t->stage;
    c->turns->began = now - (t->target.delay < now ? t->target.delay : now);
    return c->turns;
}

/* What cannot be read was left out before. */
void context_ring(struct proxy *p, struct context *c, struct msg *m, const struct turn *t,
                  struct leg *leg, unsigned breadth, time_ns now)
{
    struct uri uri;
    struct msg_error err;
    struct branch *b = context_add(p, c, false);
    if (!b) {
        c->overloaded = true;
        return;
    }
    b->leg = leg;
    b->q = (uint16_t)t->target.q;
    b->ring_end = t->target.ring_time ? time_add(now, t->target.ring_time) : TIME_NEVER;
    if (!uri_parse(t->target.uri, &uri, &err)) {
        branch_end(p, b, 503, NULL);
        return;
    }
    const struct goal goal = {
        .uri = &uri, .target = &t->target, .leg = leg, .breadth = breadth, .group = t->group};
    branch_start(p, b, m, &goal, now);
}

static bool has_rung(const struct branch *b)
{
    return (b->rung_out && b->provisional) || b->status == 480 ||
           (b->status == 408 && (b->best || b->provisional));
}

/* It refused for a reason that another try by other means does not change. */
static bool has_refused(const struct branch *b)
{
    return b->best && b->status != 408 && b->status != 430 && b->status != 503;
}

/* What became of the phones of one leg. */
static unsigned outcome(const struct context *c, const struct leg *leg, unsigned *cause)
{
    bool busy = false, rang = false, other = false;
    for (const struct branch *b = c->branches; b; b = b->next) {
        if (b->leg != leg || b->asked)
            continue;
        bool rung = has_rung(b);
        rang |= rung;
        busy |= b->status == 486;
        other |= !rung && has_refused(b);
    }
    *cause = rang ? 408 : busy ? 486 : 503;
    if (rang || busy)
        return rang ? WHEN_NO_ANSWER : WHEN_BUSY;
    return other ? 0 : WHEN_UNREACHABLE;
}

/* False: its condition is not met. Of those with conditions one has its turn. */
static bool take(struct context *c, struct turns *turns, struct turn *to)
{
    unsigned cause;
    *to = turns->list[turns->at++];
    if (to->target.when == 0)
        return true;
    if (!(to->target.when & outcome(c, turns->leg, &cause)))
        return false;
    to->target.cause = cause;
    turns->at = turns->n;
    return true;
}

/* Those who wait for breadth have their turn when others end. */
static void set_timer(struct proxy *p, struct context *c, time_ns now)
{
    time_ns at = TIME_NEVER;
    for (const struct turns *turns = c->turns; turns; turns = turns->rest) {
        const struct turn *t = &turns->list[turns->at];
        time_ns due = time_add(turns->began, t->target.delay);
        if (t->stage == turns->stage && due > now)
            at = time_min(at, due);
    }
    wheel_set(&p->nexts, &c->next, at);
}

/* Among how many the breadth that is left is shared: those of the running stages, and who is being
 * looked up. */
static unsigned sharers(const struct context *c)
{
    unsigned n = 0;
    for (const struct turns *turns = c->turns; turns; turns = turns->rest)
        if (turns->list[turns->at].stage == turns->stage)
            n += turns_in_stage(turns);
    for (const struct branch *b = c->branches; b; b = b->next)
        n += b->asked && !b->waits && b->status == 0;
    return n > 0 ? n : 1;
}

/* Before the batch may be freed, since the target's texts are its. */
static void have_turn(struct proxy *p, struct context *c, struct msg *m, struct turns *turns,
                      unsigned breadth, time_ns now)
{
    struct turn to;
    if (!take(c, turns, &to))
        return;
    if (to.target.look_up)
        retarget(p, c, turns->leg, &to.target);
    else
        context_ring(p, c, m, &to, turns->leg, breadth, now);
}

void context_advance(struct proxy *p, struct context *c, time_ns now)
{
    struct msg *m = context_request(p, c);
    if (!m || c->closed || !proxy_plan_use(p, m, c->server)) {
        context_close(p, c);
        return;
    }
    turns_tidy(engine_blocks(p->engine), &c->turns);
    for (struct turns *turns; c->turns && (turns = who_is_due(c, now));) {
        unsigned left = breadth_left(c), others = sharers(c);
        if (left == 0 && !turns_next(turns)->target.look_up)
            break; /* RFC 5393 5.3.3: then one after the other */
        unsigned share = (left + others - 1) / others;
        have_turn(p, c, m, turns, c->joints && share > 1 ? share / 2 : share, now);
        turns_tidy(engine_blocks(p->engine), &c->turns);
    }
    set_timer(p, c, now);
}
