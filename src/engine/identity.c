/* Who is at the far end of a connection that came to us, as its certificate proved, and what is
 * sent to it for that (RFC 5923). Verifies nobody. */
#include "engine/state.h"

static int keep_names(struct engine *e, struct conn *c, struct str names)
{
    struct block *kept = block_new(&e->blocks, names.len);
    if (!kept)
        return ERR_NOMEM;
    memcpy(kept->bytes, names.at, names.len);
    kept->len = (uint32_t)names.len;
    block_unref(&e->blocks, c->names);
    c->names = kept;
    return OK;
}

int engine_identify(struct engine *e, conn_id id, struct str names)
{
    struct conn *c = conn_get(e, id);
    if (!c || c->state != CONN_OPEN)
        return ERR_STALE;
    return names.len == 0 ? OK : keep_names(e, c, names);
}

struct str engine_identity(const struct engine *e, conn_id id)
{
    const struct conn *c = conn_get(e, id);
    return c && c->names ? block_str(c->names) : STR_NONE;
}

conn_id engine_next_identified(const struct engine *e, conn_id after)
{
    const struct conn *last = after ? conn_get(e, after) : NULL;
    struct map_node *n = last ? (struct map_node *)(uintptr_t)&last->by_id : NULL;
    while ((n = map_each(&e->conns_by_id, n)) != NULL) {
        const struct conn *c = CONTAINER_OF(n, struct conn, by_id);
        if (c->names && c->state != CONN_FOREIGN)
            return c->id;
    }
    return 0;
}

void engine_trust(struct engine *e, conn_id id, bool trusted)
{
    struct conn *c = conn_get(e, id);
    if (c)
        c->flow.trusted = trusted;
}

bool identity_has(struct str names, struct str name)
{
    while (names.len > 0) {
        size_t end = str_find(names, ' ');
        if (str_equal_nocase(str_slice(names, 0, end), name))
            return true;
        names = str_slice(names, end + 1, names.len);
    }
    return false;
}

static void alias_set(struct engine *e, struct conn *c, uint16_t port)
{
    struct flow f = c->flow;
    f.remote.port = port;
    c->alias_port = port;
    c->has_alias = true;
    map_insert(&e->conns_by_alias, &c->by_alias, conn_hash(e, &f));
}

/* RFC 5923 8.2: the alias is the address that it came from with the port that its Via advertises.
 * One a connection: who advertises another port has another connection for it. */
void alias_note(struct engine *e, struct conn *c, struct msg *m)
{
    struct str value;
    const struct via *v = c->names && !c->has_alias && m->is_request ? msg_via(m) : NULL;
    if (!v || !params_get(v->params, STR("alias"), &value))
        return;
    alias_set(e, c, via_sent_by_port(m));
    list_append(&e->aliases, &c->alias_told);
}

void alias_drop(struct engine *e, struct conn *c)
{
    if (c->has_alias)
        map_remove(&e->conns_by_alias, &c->by_alias);
    list_remove(&c->alias_told);
    c->has_alias = false;
}

bool engine_alias(struct engine *e, struct engine_alias *out)
{
    struct list *node = list_first(&e->aliases);
    if (!node)
        return false;
    const struct conn *c = CONTAINER_OF(node, struct conn, alias_told);
    list_remove(node);
    *out =
        (struct engine_alias){.flow = c->flow, .port = c->alias_port, .names = block_str(c->names)};
    return true;
}

int engine_learn_alias(struct engine *e, const struct engine_alias *a)
{
    if (!conn_is_foreign(e, &a->flow) || a->flow.listener >= e->n_listeners || a->names.len == 0)
        return ERR_INVALID;
    struct conn *c = conn_of_flow(e, &a->flow);
    if (!c)
        return ERR_NOMEM;
    if (c->has_alias)
        return OK;
    int err = keep_names(e, c, a->names);
    if (!err)
        alias_set(e, c, a->port);
    conn_release_foreign(e, c);
    return err;
}

/* RFC 5923 8.2, 9.3: only where the far end has proved to be that very domain. */
struct conn *alias_find(const struct engine *e, const struct flow *f, const struct block *domain)
{
    struct map_node *n = domain ? map_find(&e->conns_by_alias, conn_hash(e, f)) : NULL;
    for (; n; n = map_find_next(n)) {
        struct conn *c = CONTAINER_OF(n, struct conn, by_alias);
        if (c->flow.transport == f->transport && addr_equal_ip(&c->flow.remote, &f->remote) &&
            c->alias_port == f->remote.port && identity_has(block_str(c->names), block_str(domain)))
            return c;
    }
    return NULL;
}
