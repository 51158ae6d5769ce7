/* What goes to the first of its places that can be reached and has no transaction to look after it:
 * requests that are sent on without state, and responses that find the way back closed (RFC 3263
 * 4.3, 5). Knows no timer: a place fails where no connection to it can be made. */
#include "engine/state.h"

#include <assert.h>

/* Nobody makes us talk to this machine itself who is not there, too. */
static bool may_go_to(const struct query *q, const struct addr *there)
{
    const struct addr *failed = &q->parcel.flow.remote;
    return !addr_equal(there, failed) && (!addr_is_loopback(there) || addr_is_loopback(failed));
}

/* RFC 3263 5: by the transport of the Via, the bytes as they stand. */
static int send_response(struct engine *e, struct query *q, uint64_t query,
                         const struct resolve_target *t, time_ns now)
{
    struct flow flow;
    struct server *s = server_get(e, q->tx);
    const struct fallback or_else = {.query = query, .tx = q->tx};
    if (!may_go_to(q, &t->addr) || route_to(e, t->transport, &t->addr, &flow))
        return ERR_NO_ROUTE;
    if (!transport_is_reliable(t->transport)) {
        output_send(e, &flow, q->parcel.bytes);
        query_free(e, query);
        if (s)
            s->job.flow = flow;
        return OK;
    }
    struct conn *c = conn_to(e, &flow, q->parcel.domain, now);
    int err = c ? conn_send(e, c, q->parcel.bytes, &or_else) : ERR_NOMEM;
    if (err || !s)
        return err;
    s->job.flow = flow;
    s->job.flow.conn = c->id;
    job_attach(&s->job, c);
    return OK;
}

/* RFC 3263 4.3: under another Via, as the place's transport has it. */
static int send_request(struct engine *e, struct query *q, uint64_t query,
                        const struct resolve_target *t, time_ns now)
{
    struct parcel *p = &q->parcel;
    int err = route_to(e, t->transport, &t->addr, &p->flow);
    p->by_size = false;
    err = err ? err : parcel_put_via(e, p, p->flow.listener);
    err = err ? err : parcel_fit(e, p);
    return err ? err : parcel_send(e, p, query, now);
}

static int send_to(struct engine *e, struct query *q, uint64_t query,
                   const struct resolve_target *t, time_ns now)
{
    return q->kind == QUERY_RESPONSE ? send_response(e, q, query, t, now)
                                     : send_request(e, q, query, t, now);
}

/* The query is over where it fails. */
static int go_on(struct engine *e, uint64_t query, time_ns now)
{
    struct query *q = pool_get(&e->queries, query);
    int err = ERR_NO_ROUTE;
    assert(q);
    while (err == ERR_NO_ROUTE && targets_left(q->others) > 0) {
        struct resolve_target t = targets_take(e, q->others, now);
        err = send_to(e, q, query, &t, now);
    }
    if (err)
        query_free(e, query);
    return err;
}

static int go(struct engine *e, uint64_t query, const struct resolve_target *list, unsigned n,
              time_ns now)
{
    struct query *q = pool_get(&e->queries, query);
    assert(q && !q->others);
    q->others = targets_new(e, list, n);
    if (n == 0 || q->others)
        return go_on(e, query, now);
    query_free(e, query);
    return ERR_NOMEM;
}

void places_failed(struct engine *e, tx_id tx, time_ns now)
{
    struct server *s = server_get(e, tx);
    if (s)
        server_transport_error(e, s, now);
    else
        e->stats.transport_errors++;
}

/* RFC 3261 17.1.1.2, 17.1.2.2: whoever sent the request has given up by now. */
static bool is_too_late(const struct engine *e, const struct query *q, time_ns now)
{
    return q->kind == QUERY_PARCEL && now >= time_add(q->since, 64 * e->config.timers.t1);
}

void places_known(struct engine *e, uint64_t query, const struct resolve_target *list, unsigned n,
                  time_ns now)
{
    const struct query *q = pool_get(&e->queries, query);
    tx_id tx = q->tx;
    if (go(e, query, list, is_too_late(e, q, now) ? 0 : n, now))
        places_failed(e, tx, now);
}

void places_next(struct engine *e, uint64_t query, time_ns now)
{
    const struct query *q = pool_get(&e->queries, query);
    tx_id tx = q->tx;
    if (q->kind == QUERY_PARCEL) {
        const struct resolve_target t = {q->parcel.flow.transport, q->parcel.flow.remote};
        resolver_avoid(e->resolver, &t, now, time_add(now, LIMIT_RESOLVE_AVOID_S * NS_PER_S));
    }
    if (go_on(e, query, now))
        places_failed(e, tx, now);
}

int places_find(struct engine *e, enum query_kind kind, const struct hop *hop, uint64_t order,
                const struct parcel *p, tx_id tx, time_ns now)
{
    struct resolve_target list[LIMIT_RESOLVE_TARGETS] = {{hop->transport, hop->addr}};
    uint64_t query = 0;
    unsigned n = 1;
    int err = hop->numeric ? OK : names_find(e, hop, kind, order, now, &query, list, &n);
    if (err)
        return err;
    bool known = query == 0;
    if (known && !query_new(e, kind, &query))
        return ERR_NOMEM;
    struct query *q = pool_get(&e->queries, query);
    q->tx = tx;
    q->since = now;
    q->parcel = *p;
    parcel_share(&q->parcel);
    return known ? go(e, query, list, n, now) : OK;
}
