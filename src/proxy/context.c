/* Response contexts (RFC 3261 16.6, 16.7): their memory and their end. Knows neither how requests
 * are forwarded nor which response is best. */
#include "proxy/context.h"

#include <assert.h>

#define RETRY_ANSWER (500 * NS_PER_MS)

static int take_memory(struct proxy *p, unsigned n, struct context **out)
{
    bool full = p->contexts.live >= p->contexts.max;
    pool_id id;
    struct context *c = pool_alloc(&p->contexts, &id);
    if (!c)
        return full ? ERR_LIMIT : ERR_NOMEM;
    c->id = id;
    c->branches = &c->one;
    if (n > 1) {
        c->block = block_new(engine_blocks(p->engine), n * sizeof(struct branch));
        if (!c->block) {
            pool_free(&p->contexts, id);
            return ERR_NOMEM;
        }
        c->branches = (struct branch *)(void *)c->block->bytes;
        memset(c->branches, 0, n * sizeof(struct branch));
    }
    *out = c;
    return OK;
}

int context_new(struct proxy *p, tx_id server, unsigned n, bool invite, struct context **out)
{
    assert(n > 0 && n <= LIMIT_PROXY_BREADTH);
    struct context *c;
    int err = take_memory(p, n, &c);
    if (err)
        return err;
    c->server = server;
    c->invite = invite;
    c->n = c->n_pending = (uint16_t)n;
    for (unsigned i = 0; i < n; i++) {
        timer_init(&c->branches[i].timer_c);
        c->branches[i].context = c;
    }
    err = engine_own(p->engine, server, p->config.owner, c->id);
    if (err) {
        context_free(p, c);
        return err;
    }
    *out = c;
    return OK;
}

static void forget_responses(struct proxy *p, struct context *c)
{
    for (unsigned i = 0; i < c->n; i++) {
        msg_unref(engine_blocks(p->engine), c->branches[i].best);
        c->branches[i].best = NULL;
    }
}

void context_free(struct proxy *p, struct context *c)
{
    for (unsigned i = 0; i < c->n; i++)
        wheel_stop(&p->wheel, &c->branches[i].timer_c);
    forget_responses(p, c);
    block_unref(engine_blocks(p->engine), c->block);
    pool_free(&p->contexts, c->id);
}

struct branch *context_branch(struct context *c, tx_id tx)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->branches[i].tx == tx)
            return &c->branches[i];
    return NULL;
}

void branch_end(struct proxy *p, struct branch *b, unsigned status, struct msg *response)
{
    struct context *c = b->context;
    assert(status >= 200);
    if (b->status == 0) {
        assert(c->n_pending > 0);
        c->n_pending--;
        wheel_stop(&p->wheel, &b->timer_c);
    }
    b->status = (uint16_t)status;
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

int context_settle(struct proxy *p, struct context *c, time_ns now)
{
    int err = OK;
    if (!c->answered && (c->n_pending == 0 || c->urgent)) {
        err = context_answer(p, c, now);
        c->owed = err != OK;
        if (err)
            wheel_set(&p->wheel, &c->branches[0].timer_c, time_add(now, RETRY_ANSWER));
        else
            forget_responses(p, c);
    }
    if (is_over(c))
        context_free(p, c);
    return err;
}
