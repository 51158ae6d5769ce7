/* Other flows of one phone: one is tried after the other, each once the one before has failed (RFC
 * 5626 7). Knows no order of phones. */
#include "proxy/forward.h"

static struct turn *find(struct turns *spares, const struct branch *failed)
{
    for (; spares; spares = spares->rest)
        for (unsigned i = 0; i < spares->n && spares->leg == failed->leg; i++)
            if (spares->list[i].group == failed->group)
                return &spares->list[i];
    return NULL;
}

static void try_another(struct proxy *p, struct context *c, const struct branch *failed,
                        time_ns now)
{
    struct turn *spare = find(c->spares, failed);
    struct msg *m = c->server ? engine_tx_request(p->engine, c->server) : NULL;
    if (m && c->copy)
        m = c->copy;
    if (!spare || !m || !proxy_plan_use(p, m, c->server))
        return;
    struct turn turn = *spare;
    spare->group = 0;
    context_ring(p, c, m, &turn, failed->leg, failed->breadth ? failed->breadth : 1, now);
}

void context_replace(struct proxy *p, struct context *c, time_ns now)
{
    for (struct branch *b = c->branches; b; b = b->next) {
        if (!b->flow_failed)
            continue;
        b->flow_failed = false;
        if (!c->closed && !c->answered)
            try_another(p, c, b, now);
    }
}
