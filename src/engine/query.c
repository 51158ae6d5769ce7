/* What waits for the places that a name or a number leads to. Finds none. */
#include "engine/state.h"

struct query *query_new(struct engine *e, enum query_kind kind, pool_id *id)
{
    struct query *q = pool_alloc(&e->queries, id);
    if (q)
        q->kind = kind;
    return q;
}

void query_free(struct engine *e, pool_id id)
{
    struct query *q = pool_get(&e->queries, id);
    if (!q)
        return;
    resolver_drop(e->resolver, q->search);
    block_unref(&e->blocks, q->others);
    parcel_fini(e, &q->parcel);
    pool_free(&e->queries, id);
}
