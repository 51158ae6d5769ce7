/* Response contexts (RFC 3261 16.6, 16.7): their memory and their end. Knows neither how requests
 * are forwarded nor which response is best. */
#include <assert.h>

#include "proxy/joints.h"
#include "proxy/legs.h"

#define BECAME_OTHERS 1 /* as a status: neither pending nor a response */
#define RETRY_ANSWER (500 * NS_PER_MS)

static int take_memory(struct proxy *p, struct context **out)
{
    bool full = p->contexts.live >= p->contexts.max;
    pool_id id;
    struct context *c = pool_alloc(&p->contexts, &id);
    if (!c)
        return full ? ERR_LIMIT : ERR_NOMEM;
    c->id = id;
    timer_init(&c->next);
    *out = c;
    return OK;
}

struct branch *context_add(struct proxy *p, struct context *c, bool asks)
{
    pool_id id = 0;
    struct branch **last = &c->branches;
    if (c->n >= LIMIT_PROXY_TARGETS)
        return NULL;
    bool own = !c->one.context && !asks;
    struct branch *b = own ? &c->one : pool_alloc(&p->branches, &id);
    if (!b)
        return NULL;
    *b = (struct branch){.context = c, .id = id, .ring_end = TIME_NEVER};
    timer_init(&b->timer_c);
    list_init(&b->wishes);
    while (*last)
        last = &(*last)->next;
    *last = b;
    c->n++;
    c->n_pending++;
    c->n_ringing++;
    return b;
}

static void forget_branches(struct proxy *p, struct context *c)
{
    for (struct branch *b = c->branches, *next; b; b = next) {
        next = b->next;
        wheel_stop(&p->wheel, &b->timer_c);
        list_remove(&b->wishes);
        if (b->id)
            pool_free(&p->branches, b->id);
    }
    c->branches = NULL;
    c->one.context = NULL;
    c->n = c->n_pending = c->n_ringing = 0;
}

/* The branches are taken and given back: then the next n are sure to be had. */
static int reserve_branches(struct proxy *p, struct context *c, unsigned n)
{
    unsigned had = 0;
    while (had < n && context_add(p, c, false))
        had++;
    forget_branches(p, c);
    return had == n ? OK : ERR_NOMEM;
}

int context_new(struct proxy *p, tx_id server, struct msg *request, unsigned n,
                struct context **out)
{
    assert(n <= LIMIT_PROXY_BREADTH);
    struct context *c;
    int err = take_memory(p, &c);
    if (err)
        return err;
    c->server = server;
    c->invite = request->method == METHOD_INVITE;
    c->from_trusted = identity_is_trusted(p, request);
    c->breadth = (uint8_t)forward_breadth(request);
    err = n > 1 ? reserve_branches(p, c, n) : OK;
    if (!err)
        err = engine_own(p->engine, server, p->config.owner, c->id);
    if (err) {
        context_free(p, c);
        return err;
    }
    *out = c;
    return OK;
}

void branch_unload(struct proxy *p, struct branch *b)
{
    if (b->load)
        loads_give(p->config.loads, b->load);
    b->load = 0;
}

static void unload(struct proxy *p, struct context *c)
{
    for (struct branch *b = c->branches; b; b = b->next)
        branch_unload(p, b);
}

static void forget_responses(struct proxy *p, struct context *c)
{
    for (struct branch *b = c->branches; b; b = b->next) {
        msg_unref(engine_blocks(p->engine), b->best);
        b->best = NULL;
    }
}

void context_free(struct proxy *p, struct context *c)
{
    context_close(p, c);
    forget_responses(p, c);
    unload(p, c);
    forget_branches(p, c);
    legs_free(p, c);
    follow_setup_end(p->calls, c->setup);
    pool_free(&p->contexts, c->id);
}

struct msg *context_request(const struct proxy *p, const struct context *c)
{
    struct msg *m = c->server ? engine_tx_request(p->engine, c->server) : NULL;
    return m && c->copy ? c->copy : m;
}

struct branch *context_branch(struct context *c, tx_id tx)
{
    for (struct branch *b = c->branches; b; b = b->next)
        if (b->tx == tx)
            return b;
    return NULL;
}

void context_close(struct proxy *p, struct context *c)
{
    c->closed = true;
    turns_free(engine_blocks(p->engine), c->turns);
    c->turns = NULL;
    turns_free(engine_blocks(p->engine), c->spares);
    c->spares = NULL;
    msg_unref(engine_blocks(p->engine), c->copy);
    c->copy = NULL;
    joints_free(p, c);
    wheel_stop(&p->nexts, &c->next);
}

void branch_leave(struct branch *b)
{
    b->context->n_ringing -= !b->left;
    b->left = true;
}

static void stop(struct proxy *p, struct branch *b)
{
    struct context *c = b->context;
    if (b->status)
        return;
    assert(c->n_pending > 0);
    c->n_pending--;
    branch_leave(b);
    wheel_stop(&p->wheel, &b->timer_c);
    list_remove(&b->wishes);
}

void branch_became(struct proxy *p, struct branch *b)
{
    stop(p, b);
    branch_unload(p, b);
    b->status = BECAME_OTHERS;
}

void branch_end(struct proxy *p, struct branch *b, unsigned status, struct msg *response)
{
    struct context *c = b->context;
    assert(status >= 200);
    if (status == 503 && !response && b->flow_only)
        status = 430; /* RFC 5626 11.5 */
    b->flow_failed = b->group && !b->cancelled && !b->rung_out &&
                     (status == 408 || status == 430 || (status == 503 && !response));
    stop(p, b);
    b->status = (uint16_t)status;
    if (status >= 300)
        branch_unload(p, b);
    if (response && !c->answered) {
        msg_unref(engine_blocks(p->engine), b->best);
        b->best = msg_ref(response);
    }
}

/* RFC 6026: after a 2xx to an INVITE others may follow while the server transaction lives. */
static bool is_over(const struct context *c)
{
    return c->answered && c->n_pending == 0 && !(c->accepted && c->server);
}

static bool is_answer_due(const struct context *c)
{
    return !c->answered && (c->urgent || (c->n_pending == 0 && !c->turns));
}

int context_settle(struct proxy *p, struct context *c, time_ns now)
{
    int err = OK;
    if (!c->urgent)
        context_replace(p, c, now);
    if (c->turns && !c->urgent)
        context_advance(p, c, now);
    if (is_answer_due(c)) {
        context_close(p, c);
        err = context_answer(p, c, now);
        c->owed = err != OK;
        if (err)
            wheel_set(&p->nexts, &c->next, time_add(now, RETRY_ANSWER));
        else
            forget_responses(p, c);
    }
    if (is_over(c))
        context_free(p, c);
    return err;
}
