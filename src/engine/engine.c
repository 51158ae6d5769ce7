/* The engine as a whole: made, freed, asked. What it does stands in the other files. */
#include "engine/state.h"

#include <assert.h>

static void config(struct engine *e, const struct engine_config *c)
{
    e->mem = c->mem;
    e->config = *c;
    if (e->config.max_tx == 0 || e->config.max_tx > LIMIT_TX)
        e->config.max_tx = LIMIT_TX;
    if (e->config.timers.t1 == 0)
        e->config.timers = tx_timers_default();
    if (e->config.n_workers == 0)
        e->config.n_workers = 1;
    assert(e->config.n_workers <= 255 && e->config.worker < e->config.n_workers);
    rand_init(&e->rand, &c->seed);
    e->key.k0 = rand_u64(&e->rand);
    e->key.k1 = rand_u64(&e->rand);
    if (e->config.call_key.k0 == 0 && e->config.call_key.k1 == 0)
        e->config.call_key = (struct hash_key){rand_u64(&e->rand), rand_u64(&e->rand)};
    if (e->config.lasting_key.k0 == 0 && e->config.lasting_key.k1 == 0)
        e->config.lasting_key = (struct hash_key){rand_u64(&e->rand), rand_u64(&e->rand)};
    /* A connection's id that somebody kept is not another one's after a restart. */
    e->conn_serial = rand_u64(&e->rand) >> 24;
}

static void init_parts(struct engine *e)
{
    uint32_t max = e->config.max_tx;
    block_pool_init(&e->blocks, e->config.block_mem ? e->config.block_mem : e->mem, 2048);
    pool_init(&e->clients, e->mem, sizeof(struct client), 2 * max + 16);
    pool_init(&e->servers, e->mem, sizeof(struct server), 2 * max + 16);
    pool_init(&e->conns, e->mem, sizeof(struct conn), LIMIT_TCP_CONNECTIONS);
    pool_init(&e->pendings, e->mem, sizeof(struct pending), LIMIT_TCP_CONNECTIONS);
    pool_init(&e->queries, e->mem, sizeof(struct query), 2 * max + 16);
    pool_init(&e->questions, e->mem, sizeof(struct question), 2 * max + 16);
    ring_init(&e->events, e->mem, sizeof(struct event));
    ring_init(&e->outputs, e->mem, sizeof(struct output));
    list_init(&e->aliases);
    wheel_init(&e->wheel, 0);
    timer_init(&e->sweep.timer);
    e->sweep.kind = ALARM_SWEEP;
    timer_init(&e->names.timer);
    e->names.kind = ALARM_NAMES;
}

static bool init_maps(struct engine *e)
{
    struct map *maps[] = {&e->by_key, &e->by_branch, &e->conns_by_id, &e->conns_by_remote,
                          &e->conns_by_alias};
    for (unsigned i = 0; i < sizeof maps / sizeof maps[0]; i++)
        if (map_init(maps[i], e->mem, 16))
            return false;
    return true;
}

static bool init_texts(struct engine *e)
{
    struct str name = e->config.software;
    e->scratch = mem_alloc(e->mem, SCRATCH_SIZE);
    e->via_text = mem_alloc(e->mem, SCRATCH_SIZE);
    e->config.software = STR_NONE;
    if (!e->scratch || !e->via_text)
        return false;
    if (name.len == 0)
        return true;
    struct buf b;
    e->software_size = sizeof "Server: \r\n" - 1 + name.len;
    e->software = mem_alloc(e->mem, e->software_size);
    if (!e->software)
        return false;
    buf_init(&b, e->software, e->software_size);
    buf_put_lit(&b, "Server: ");
    buf_put(&b, name);
    buf_put_lit(&b, "\r\n");
    return true;
}

struct engine *engine_new(const struct engine_config *c)
{
    struct engine *e = mem_alloc_zero(c->mem, sizeof *e);
    if (!e)
        return NULL;
    config(e, c);
    init_parts(e);
    e->resolver = resolver_new(e->mem, &e->blocks, &e->key);
    if (e->resolver && init_maps(e) && init_texts(e) && engine_room(e, 64, 64))
        return e;
    engine_free(e);
    return NULL;
}

static void end_all(struct engine *e)
{
    pool_id id;
    void *at;
    for (uint32_t cursor = 0; (at = pool_each(&e->clients, &cursor, &id)) != NULL;)
        client_end(e, at);
    for (uint32_t cursor = 0; (at = pool_each(&e->servers, &cursor, &id)) != NULL;)
        server_end(e, at, false);
    for (uint32_t cursor = 0; (at = pool_each(&e->conns, &cursor, &id)) != NULL;)
        conn_drop(e, at);
    for (uint32_t cursor = 0; pool_each(&e->queries, &cursor, &id) != NULL;)
        query_free(e, id);
    for (uint32_t cursor = 0; pool_each(&e->questions, &cursor, &id) != NULL;)
        question_free(e, id);
    resolver_free(e->resolver);
}

static void fini_maps(struct engine *e)
{
    struct map *maps[] = {&e->by_key, &e->by_branch, &e->conns_by_id, &e->conns_by_remote,
                          &e->conns_by_alias};
    for (unsigned i = 0; i < sizeof maps / sizeof maps[0]; i++)
        if (maps[i]->mem)
            map_fini(maps[i]);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    event_drop_all(e);
    output_drop_all(e);
    end_all(e);
    fini_maps(e);
    ring_fini(&e->events);
    ring_fini(&e->outputs);
    pool_fini(&e->clients);
    pool_fini(&e->servers);
    pool_fini(&e->conns);
    pool_fini(&e->pendings);
    pool_fini(&e->queries);
    pool_fini(&e->questions);
    for (unsigned i = 0; i < e->n_listeners; i++)
        mem_free(e->mem, e->listeners[i].text, e->listeners[i].text_size);
    mem_free(e->mem, e->scratch, SCRATCH_SIZE);
    mem_free(e->mem, e->via_text, SCRATCH_SIZE);
    mem_free(e->mem, e->software, e->software_size);
    block_pool_fini(&e->blocks);
    mem_free(e->mem, e, sizeof *e);
}

int engine_own(struct engine *e, tx_id id, uint8_t owner, uint64_t user)
{
    struct job *j = job_get(e, id);
    if (!j)
        return ERR_STALE;
    j->owner = owner;
    j->user = user;
    return OK;
}

struct mem *engine_mem(struct engine *e)
{
    return e->mem;
}

struct block_pool *engine_blocks(struct engine *e)
{
    return &e->blocks;
}

struct rand *engine_rand(struct engine *e)
{
    return &e->rand;
}

const struct engine_stats *engine_stats(const struct engine *e)
{
    return &e->stats;
}
