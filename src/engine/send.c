/* The command that starts a client transaction: where to, with which bytes. RFC 3261 8.1.2, 16.6
 * steps 7 to 10, 18.1.1. */
#include "engine/state.h"

static enum method method_of_outgoing(const struct outgoing *o)
{
    if (o->base)
        return o->base->method;
    return method_of(str_slice(o->text, 0, str_find(o->text, ' ')));
}

/* Whichever of them it will be: of a secure one it is known whom to expect there. */
static int ask_for_targets(struct engine *e, struct client *c, const struct hop *hop,
                           struct outgoing *o, time_ns now)
{
    struct resolve_target list[LIMIT_RESOLVE_TARGETS];
    unsigned n;
    int err = parcel_print(e, &c->parcel, o, -1);
    err = err ? err : hop_expect(e, &c->parcel, TRANSPORT_TLS, hop->domain);
    err =
        err ? err : names_find(e, hop, QUERY_CLIENT, rand_u64(&e->rand), now, &c->query, list, &n);
    if (err)
        return err;
    c->waits = c->query != 0;
    if (!c->waits)
        return client_go(e, c, list, n, now);
    ((struct query *)pool_get(&e->queries, c->query))->tx = c->job.id;
    return OK;
}

static int send_to_flow(struct engine *e, struct client *c, struct outgoing *o, bool by_uri,
                        time_ns now)
{
    int err = parcel_print(e, &c->parcel, o, c->parcel.flow.listener);
    if (!err && by_uri)
        err = parcel_fit(e, &c->parcel);
    return err ? err : client_launch(e, c, now);
}

/* Another worker's connection may be gone without our knowing: then the hop's address is next. */
static int send_to_known_flow(struct engine *e, struct client *c, struct outgoing *o, time_ns now)
{
    struct hop hop;
    c->parcel.flow = *o->flow;
    int err = send_to_flow(e, c, o, false, now);
    if (!err && conn_is_foreign(e, o->flow) && o->hop && hop_of(e, o->hop, &hop) == OK &&
        hop.numeric)
        client_keep_other(e, c, hop.transport, &hop.addr);
    return err;
}

static int send_to(struct engine *e, struct client *c, struct outgoing *o, time_ns now)
{
    struct hop hop;
    if (o->flow && flow_is_alive(e, o->flow))
        return send_to_known_flow(e, c, o, now);
    if (!o->hop)
        return ERR_NO_ROUTE;
    int err = hop_of(e, o->hop, &hop);
    if (err)
        return err;
    if (!hop.numeric)
        return ask_for_targets(e, c, &hop, o, now);
    err = hop_expect(e, &c->parcel, hop.transport, hop.domain);
    err = err ? err : route_to(e, hop.transport, &hop.addr, &c->parcel.flow);
    return err ? err : send_to_flow(e, c, o, true, now);
}

int engine_request(struct engine *e, struct outgoing *o, time_ns now, tx_id *tx)
{
    struct client *c;
    enum method method = method_of_outgoing(o);
    *tx = 0;
    if (method == METHOD_ACK || o->branch_suffix.len > LIMIT_BRANCH_SUFFIX)
        return ERR_INVALID;
    if (overload_refuses_client(e))
        return ERR_LIMIT;
    if (!engine_room(e, 2, 3))
        return ERR_NOMEM;
    int err = client_new(e, &c);
    if (err)
        return err;
    parcel_branch(e, &c->parcel, c->job.id, o->branch_suffix);
    c->method = (uint8_t)method;
    c->until = time_add(now, 64 * e->config.timers.t1);
    err = send_to(e, c, o, now);
    if (err) {
        client_free(e, c);
        return err;
    }
    c->job.owner = o->owner;
    c->job.user = o->user;
    *tx = c->job.id;
    client_start(e, c, method, now);
    return OK;
}
