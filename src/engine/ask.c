/* Questions that others answer, and what waits for the answers: records of the store. Asks through
 * outputs; knows no store. */
#include "engine/state.h"

#include <assert.h>

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
    block_unref(&e->blocks, q->text);
    block_unref(&e->blocks, q->others);
    parcel_fini(e, &q->parcel);
    pool_free(&e->queries, id);
}

static struct str copy_text(struct query *q, struct str s)
{
    char *at = q->text->bytes + q->text->len;
    assert(q->text->len + s.len <= q->text->cap);
    if (s.len)
        memcpy(at, s.at, s.len);
    q->text->len += (uint32_t)s.len;
    return (struct str){at, s.len};
}

int engine_ask_store(struct engine *e, const struct store_ask *ask, uint8_t owner, uint64_t user)
{
    pool_id id;
    if (!engine_room(e, 0, 1))
        return ERR_NOMEM;
    struct query *q = query_new(e, QUERY_STORE, &id);
    if (!q)
        return ERR_NOMEM;
    q->text = block_new(&e->blocks, ask->key.len + ask->value.len + 1);
    if (!q->text) {
        query_free(e, id);
        return ERR_NOMEM;
    }
    q->ask = *ask;
    q->ask.key = copy_text(q, ask->key);
    q->ask.value = copy_text(q, ask->value);
    q->owner = owner;
    q->user = user;
    output_query(e, OUTPUT_STORE, id);
    return OK;
}

int engine_store_answered(struct engine *e, const struct store_answer *a, time_ns now)
{
    (void)now;
    struct query *q = pool_get(&e->queries, a->query);
    if (!q || q->kind != QUERY_STORE)
        return ERR_STALE;
    struct store_answer failed = {.query = a->query, .status = STORE_FAILED};
    struct block *hold = NULL;
    if (!engine_room(e, 1, 0))
        return ERR_NOMEM;
    if (a->value.len) {
        hold = block_new(&e->blocks, a->value.len);
        if (hold) {
            memcpy(hold->bytes, a->value.at, a->value.len);
            hold->len = (uint32_t)a->value.len;
        }
    }
    event_store(e, q, a->value.len && !hold ? &failed : a, hold);
    query_free(e, a->query);
    return OK;
}
