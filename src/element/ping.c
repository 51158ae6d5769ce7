/* Owns the keep-alives to phones behind NATs, and the OPTIONS by which it is seen that nobody
 * answers any more. Whose turn it is, is the caller's. */
#include "base/err.h"
#include "element/parts.h"

#define REQUEST_MAX 1024

/* OPTIONS under way: the binding that it is about. */
struct ping {
    struct block *key; /* of its record */
    struct flow flow;
    time_ns expires;
};

void ping_init(struct element *e)
{
    pool_init(&e->pings, e->mem, sizeof(struct ping), LIMIT_PINGS);
}

static void drop(struct element *e, pool_id id)
{
    struct ping *p = pool_get(&e->pings, id);

    block_unref(engine_blocks(e->engine), p->key);
    pool_free(&e->pings, id);
}

void ping_fini(struct element *e)
{
    uint32_t cursor = 0;
    pool_id id;

    while (e->engine && pool_each(&e->pings, &cursor, &id))
        drop(e, id);
    pool_fini(&e->pings);
}

/* The contact names another place than the packets come from. WebSocket has its own pings. */
static bool is_behind_nat(const struct registered *r, const struct uri *contact)
{
    struct addr a;

    if (!r->by_flow || r->path.len > 0 || r->flow.transport == TRANSPORT_WS ||
        r->flow.transport == TRANSPORT_WSS)
        return false;
    if (!addr_parse_ip(contact->host, &a))
        return true;
    a.port = contact->port ? contact->port : transport_port(r->flow.transport);
    return !addr_equal(&a, &r->flow.remote);
}

static bool remember(struct element *e, struct str key, const struct registered *r, pool_id *id)
{
    struct block *copy = block_new(engine_blocks(e->engine), key.len);
    struct ping *p = copy ? pool_alloc(&e->pings, id) : NULL;

    if (!p) {
        block_unref(engine_blocks(e->engine), copy);
        return false;
    }
    memcpy(copy->bytes, key.at, key.len);
    copy->len = (uint32_t)key.len;
    *p = (struct ping){copy, r->flow, r->expires};
    return true;
}

static void ask(struct element *e, struct str key, const struct registered *r, time_ns now)
{
    char text[REQUEST_MAX];
    struct buf b;
    pool_id id;
    tx_id tx;

    buf_init(&b, text, sizeof text);
    probe_print(e, &b, r->contact);
    if (b.over || !remember(e, key, r, &id))
        return;
    struct outgoing out = {.text = buf_str(&b), .flow = &r->flow, .owner = OWNER_PING, .user = id};

    if (engine_request(e->engine, &out, now, &tx) == OK)
        e->n_pings++;
    else
        drop(e, id);
}

void ping_record(struct element *e, struct str key, struct str record, enum ping_by by, time_ns now)
{
    struct registered all[LIMIT_BINDINGS];
    size_t n = registrar_bindings(record, now, all, LIMIT_BINDINGS);

    for (size_t i = 0; i < n; i++) {
        struct msg_error err;
        struct uri contact;

        if (!engine_listener(e->engine, all[i].flow.listener) ||
            !uri_parse(all[i].contact, &contact, &err) || contact.headers.len > 0 ||
            !is_behind_nat(&all[i], &contact))
            continue;
        if (by == PING_OPTIONS)
            ask(e, key, &all[i], now);
        else if (all[i].flow.transport == TRANSPORT_UDP &&
                 engine_keep_alive(e->engine, &all[i].flow) == OK)
            e->n_pings++;
    }
}

void ping_event(struct element *e, const struct engine_event *ev)
{
    struct ping *p = pool_get(&e->pings, ev->user);

    if (!p || (ev->kind == EVENT_RESPONSE && ev->msg->status < 200))
        return;
    if (ev->kind == EVENT_TIMEOUT) {
        registrar_unanswered(e->registrar, block_str(p->key), &p->flow, p->expires);
        e->n_unanswered++;
    }
    if (ev->kind == EVENT_RESPONSE || ev->kind == EVENT_TIMEOUT ||
        ev->kind == EVENT_TRANSPORT_ERROR)
        drop(e, ev->user);
}
