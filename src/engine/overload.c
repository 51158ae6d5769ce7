/* When work is refused: before any state is made for it, and never work in progress. */
#include "engine/state.h"

static uint64_t alive(const struct engine *e)
{
    return e->stats.tx_client + e->stats.tx_server;
}

/* A request inside a dialog belongs to work in progress: it has an eighth more. A CANCEL whose
 * INVITE is not known begins nothing: RFC 3261 9.2 has its answer. */
bool overload_refuses(const struct engine *e, struct msg *m)
{
    uint64_t max = e->config.max_tx;
    bool closed = (e->draining || e->load != ENGINE_KEEPS_UP) && m->method != METHOD_CANCEL;
    if (LIKELY(alive(e) < max && !closed))
        return false;
    const struct nameaddr *to = msg_to(m);
    return !to || to->tag.len == 0 || alive(e) >= max + max / 8;
}

void engine_drain(struct engine *e)
{
    e->draining = true;
}

void engine_set_load(struct engine *e, enum engine_load load)
{
    e->load = load;
}

static bool is_unanswered(const struct server *s)
{
    return s->job.tx.state == TX_TRYING || s->job.tx.state == TX_PROCEEDING;
}

bool engine_is_quiet(const struct engine *e)
{
    uint32_t cursor = 0;
    pool_id id;
    const struct server *s;
    if (e->queries.live > 0 || e->questions.live > 0)
        return false;
    while ((s = pool_each(&e->servers, &cursor, &id)) != NULL)
        if (is_unanswered(s))
            return false;
    return true;
}

/* What an admitted request causes goes on up to twice the limit. */
bool overload_refuses_client(const struct engine *e)
{
    return e->stats.tx_client >= 2 * (uint64_t)e->config.max_tx;
}
