/* Questions that others answer: addresses of names, records of the store. Asks through outputs;
 * knows no resolver and no store. */
#include "engine/state.h"

#include <assert.h>

static struct query *query_new(struct engine *e, enum query_kind kind, size_t text, pool_id *id)
{
    struct query *q = pool_alloc(&e->queries, id);
    if (!q)
        return NULL;
    q->kind = kind;
    q->text = block_new(&e->blocks, text ? text : 1);
    if (!q->text) {
        pool_free(&e->queries, *id);
        return NULL;
    }
    return q;
}

void query_free(struct engine *e, pool_id id)
{
    struct query *q = pool_get(&e->queries, id);
    if (!q)
        return;
    block_unref(&e->blocks, q->text);
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

int resolve_start(struct engine *e, const struct hop *hop, enum query_kind kind, tx_id client,
                  struct parcel *parcel, uint64_t *query)
{
    struct query *q = query_new(e, kind, hop->name.len, query);
    if (!q)
        return ERR_NOMEM;
    q->name = copy_text(q, hop->name);
    q->port = hop->port;
    q->transport = hop->transport;
    q->client = client;
    if (kind == QUERY_PARCEL) {
        q->parcel = *parcel;
        parcel_share(&q->parcel);
    }
    output_query(e, OUTPUT_RESOLVE, *query);
    return OK;
}

int resolve_pick(const struct engine *e, const struct query *q, const struct addr *list, size_t n,
                 struct flow *flow)
{
    for (size_t i = 0; i < n; i++) {
        struct addr a = list[i];
        if (a.port == 0)
            a.port = q->port;
        if (route_to(e, q->transport, &a, flow) == OK)
            return OK;
    }
    return ERR_NO_ROUTE;
}

static void parcel_resolved(struct engine *e, struct query *q, const struct addr *list, size_t n,
                            time_ns now)
{
    struct parcel *p = &q->parcel;
    int err = resolve_pick(e, q, list, n, &p->flow);
    err = err ? err : parcel_put_via(e, p, p->flow.listener);
    err = err ? err : parcel_fit(e, p);
    err = err ? err : parcel_send(e, p, now);
    if (err)
        e->stats.transport_errors++;
}

int engine_resolved(struct engine *e, uint64_t query, const struct addr *list, size_t n,
                    time_ns now)
{
    struct query *q = pool_get(&e->queries, query);
    if (!q || q->kind == QUERY_STORE)
        return ERR_STALE;
    if (!engine_room(e, 2, 4))
        return ERR_NOMEM;
    if (q->kind == QUERY_PARCEL) {
        parcel_resolved(e, q, list, n, now);
    } else {
        struct client *c = client_get(e, q->client);
        assert(c && c->query == query);
        c->query = 0;
        client_resolved(e, c, q, list, n, now);
    }
    query_free(e, query);
    return OK;
}

int engine_ask_store(struct engine *e, const struct store_ask *ask, uint8_t owner, uint64_t user)
{
    pool_id id;
    if (!engine_room(e, 0, 1))
        return ERR_NOMEM;
    struct query *q = query_new(e, QUERY_STORE, ask->key.len + ask->value.len, &id);
    if (!q)
        return ERR_NOMEM;
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
