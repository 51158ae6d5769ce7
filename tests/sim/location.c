/* The records behind an element's questions; a list, since a scenario has a handful of users. */
#include "sim/location.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/node.h"

struct sim_record {
    struct sim_record *next;
    uint64_t version;
    time_ns expires;
    size_t key_len, value_len;
    char *key, *value;
};

static char *copy(struct str s)
{
    char *at = malloc(s.len + 1);
    assert(at);
    if (s.len)
        memcpy(at, s.at, s.len);
    return at;
}

void location_init(struct sim_location *l)
{
    *l = (struct sim_location){.delay = NS_PER_MS};
}

void location_fini(struct sim_location *l)
{
    while (l->records) {
        struct sim_record *r = l->records;
        l->records = r->next;
        free(r->key);
        free(r->value);
        free(r);
    }
}

static struct sim_record *find(struct sim_location *l, struct str key)
{
    for (struct sim_record *r = l->records; r; r = r->next)
        if (str_equal((struct str){r->key, r->key_len}, key))
            return r;
    return NULL;
}

static struct sim_record *find_or_add(struct sim_location *l, struct str key)
{
    struct sim_record *r = find(l, key);
    if (r)
        return r;
    r = calloc(1, sizeof(*r));
    assert(r);
    r->key = copy(key);
    r->key_len = key.len;
    r->next = l->records;
    l->records = r;
    return r;
}

static bool is_there(const struct sim_record *r, time_ns now)
{
    return r->value_len > 0 && r->expires > now;
}

static enum store_status apply(struct sim_record *r, const struct store_ask *ask, time_ns now)
{
    if (ask->op == STORE_GET)
        return STORE_OK;
    if (ask->version != (is_there(r, now) ? r->version : 0))
        return STORE_CONFLICT;
    free(r->value);
    r->value = copy(ask->value);
    r->value_len = ask->value.len;
    r->version++;
    r->expires = ask->expires;
    return STORE_OK;
}

static void run_answer(struct world *w, struct sim_event *e)
{
    struct store_answer a = {.query = e->n,
                             .status = (enum store_status)e->side,
                             .version = (uint64_t)e->flow.conn,
                             .value = {e->bytes, e->len}};
    if (e->node->face->stored(e->node, &a) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

void location_ask(struct sim_location *l, struct node *from, uint64_t query,
                  const struct store_ask *ask)
{
    struct world *w = from->w;
    enum store_status status = STORE_FAILED;
    struct sim_record *r = NULL;
    if (!world_chance(w, l->failures) && !fault_hits(&w->fault, FAULT_STORE)) {
        r = find_or_add(l, ask->key);
        status = apply(r, ask, w->now);
    }
    size_t len = r && is_there(r, w->now) ? r->value_len : 0;
    struct sim_event *e = world_event(w, w->now + l->delay, len, run_answer);
    e->node = from;
    e->n = query;
    e->side = status;
    e->flow.conn = len ? r->version : 0;
    if (len)
        memcpy(e->bytes, r->value, len);
}
