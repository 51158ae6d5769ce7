/* Owns who is registered over which connection, and takes out of the records what a connection's
 * end ends. */
#include "registrar/flows.h"

#include <assert.h>

#include "registrar/record.h"

/* A user over a connection. */
struct watch {
    pool_id id;
    conn_id conn;
    struct flow failed; /* of one that nobody answers by, whatever its transport; then … */
    time_ns expires;    /* … the end of its binding; 0: its connection has ended */
    bool stands;        /* the connection: then it is in by_conn */
    struct map_node by_conn;
    struct list node; /* of flows.ended */
    struct block *key;
    struct block *record; /* written to the store, not confirmed yet; NULL: being read */
    unsigned tries;
};

int flows_init(struct flows *f, struct engine *engine, uint8_t owner)
{
    f->engine = engine;
    f->owner = owner;
    pool_init(&f->pool, engine_mem(engine), sizeof(struct watch), LIMIT_FLOWS);
    list_init(&f->ended);
    f->by_conn_made = map_init(&f->by_conn, engine_mem(engine), 64) == OK;
    return f->by_conn_made ? OK : ERR_NOMEM;
}

static void unlist(struct flows *f, struct watch *w)
{
    if (w->stands)
        map_remove(&f->by_conn, &w->by_conn);
    w->stands = false;
}

static void drop(struct flows *f, struct watch *w)
{
    unlist(f, w);
    list_remove(&w->node);
    block_unref(engine_blocks(f->engine), w->record);
    block_unref(engine_blocks(f->engine), w->key);
    pool_free(&f->pool, w->id);
}

void flows_fini(struct flows *f)
{
    uint32_t cursor = 0;
    pool_id id;
    if (!f->by_conn_made)
        return;
    for (struct watch *w; (w = pool_each(&f->pool, &cursor, &id));)
        drop(f, w);
    map_fini(&f->by_conn);
    pool_fini(&f->pool);
}

static struct watch *find(const struct flows *f, conn_id conn, struct str key)
{
    for (struct map_node *n = map_find(&f->by_conn, conn); n; n = map_find_next(n)) {
        struct watch *w = CONTAINER_OF(n, struct watch, by_conn);
        if (w->conn == conn && str_equal(block_str(w->key), key))
            return w;
    }
    return NULL;
}

static struct watch *new_watch(struct flows *f, conn_id conn, struct str key)
{
    pool_id id;
    struct block *copy = block_new(engine_blocks(f->engine), key.len);
    struct watch *w = copy ? pool_alloc(&f->pool, &id) : NULL;
    if (!w) {
        block_unref(engine_blocks(f->engine), copy);
        return NULL;
    }
    memcpy(copy->bytes, key.at, key.len);
    copy->len = (uint32_t)key.len;
    w->id = id;
    w->conn = conn;
    w->key = copy;
    list_init(&w->node);
    return w;
}

bool flows_watch(struct flows *f, conn_id conn, struct str key)
{
    if (find(f, conn, key))
        return true;
    struct watch *w = new_watch(f, conn, key);
    if (!w)
        return false;
    w->stands = true;
    map_insert(&f->by_conn, &w->by_conn, conn);
    return true;
}

/* Where there is no memory they wait for the next answer of the store, or the next end. */
static void ask_next(struct flows *f)
{
    struct list *first;
    while (f->n_asked < LIMIT_FLOWS_ENDING && (first = list_first(&f->ended))) {
        struct watch *w = CONTAINER_OF(first, struct watch, node);
        struct store_ask get = {.op = STORE_GET, .key = block_str(w->key)};
        if (engine_ask_store(f->engine, &get, f->owner, w->id | FLOW_BIT) != OK)
            return;
        list_remove(&w->node);
        f->n_asked++;
    }
}

void flows_made(struct flows *f, conn_id conn, struct str key)
{
    if (find(f, conn, key))
        return;
    struct watch *w = new_watch(f, conn, key);
    if (w)
        list_append(&f->ended, &w->node);
    ask_next(f);
}

void flows_ended(struct flows *f, conn_id conn)
{
    for (struct map_node *n = map_find(&f->by_conn, conn), *next; n; n = next) {
        struct watch *w = CONTAINER_OF(n, struct watch, by_conn);
        next = map_find_next(n);
        if (w->conn != conn)
            continue;
        unlist(f, w);
        list_append(&f->ended, &w->node);
    }
    ask_next(f);
}

void flows_failed(struct flows *f, struct str key, const struct flow *flow, time_ns expires)
{
    struct watch *w = new_watch(f, flow->conn, key);
    if (!w)
        return; /* the next one that does not answer is as good */
    w->failed = *flow;
    w->expires = expires;
    list_append(&f->ended, &w->node);
    ask_next(f);
}

/* RFC 5626 7, RFC 7118 5: nothing but the connection leads there. */
static bool ends_with_flow(const struct binding *b)
{
    return b->outbound || b->flow.transport == TRANSPORT_WS || b->flow.transport == TRANSPORT_WSS;
}

/* One that was refreshed meanwhile ends at another time. */
static bool take_out_failed(struct bindings *all, const struct watch *w)
{
    size_t kept = 0, n = all->n;
    for (size_t i = 0; i < n; i++) {
        const struct binding *b = &all->list[i];
        if (!b->by_flow || b->expires != w->expires || b->flow.transport != w->failed.transport ||
            b->flow.conn != w->failed.conn || !addr_equal(&b->flow.remote, &w->failed.remote))
            all->list[kept++] = *b;
    }
    all->n = kept;
    return kept < n;
}

/* True: something has changed. A phone that has but lost its connection may listen at its URI. */
static bool take_out(struct bindings *all, conn_id conn)
{
    size_t kept = 0;
    bool changed = false;
    for (size_t i = 0; i < all->n; i++) {
        struct binding *b = &all->list[i];
        bool lost = b->by_flow && b->path.len == 0 && b->flow.conn == conn;
        changed |= lost;
        if (lost && ends_with_flow(b))
            continue;
        if (lost) {
            b->flow.conn = 0;
            b->flow.listener = RECORD_NO_LISTENER;
        }
        all->list[kept++] = *b;
    }
    all->n = kept;
    return changed;
}

/* False: there is nothing to be written, or it cannot be. */
static bool write_back(struct flows *f, struct watch *w, const struct store_answer *found,
                       time_ns now)
{
    struct bindings all;
    bool too_large;
    if (!record_read(found->value, now, &all) ||
        !(w->expires ? take_out_failed(&all, w) : take_out(&all, w->conn)))
        return false;
    block_unref(engine_blocks(f->engine), w->record);
    w->record = record_write(engine_blocks(f->engine), &all, &too_large);
    if (!w->record)
        return false;
    struct store_ask put = {.op = STORE_PUT,
                            .key = block_str(w->key),
                            .value = block_str(w->record),
                            .version = found->version,
                            .expires = record_end(&all, now)};
    return engine_ask_store(f->engine, &put, f->owner, w->id | FLOW_BIT) == OK;
}

void flows_stored(struct flows *f, const struct engine_event *ev, time_ns now)
{
    struct watch *w = pool_get(&f->pool, ev->user & ~FLOW_BIT);
    assert(w);
    bool is_read =
        ev->store.status == STORE_CONFLICT || (ev->store.status == STORE_OK && !w->record);
    if (is_read && w->tries++ < LIMIT_STORE_TRIES && write_back(f, w, &ev->store, now))
        return;
    f->n_asked--;
    drop(f, w);
    ask_next(f);
}
