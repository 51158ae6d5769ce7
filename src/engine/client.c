/* Client transactions: started by the TU, run by responses and timers. RFC 3261 17.1, 18.1.1. Knows
 * no role. */
#include "engine/state.h"

#include <assert.h>

int client_new(struct engine *e, struct client **out)
{
    pool_id id;
    struct client *c = pool_alloc(&e->clients, &id);
    if (!c)
        return e->clients.live == e->clients.max ? ERR_LIMIT : ERR_NOMEM;
    assert(!(id & SERVER_BIT));
    job_init(&c->job, ALARM_CLIENT);
    c->job.id = id;
    e->stats.tx_client++;
    *out = c;
    return OK;
}

void client_free(struct engine *e, struct client *c)
{
    wheel_stop(&e->wheel, &c->job.alarm.timer);
    job_detach(&c->job);
    query_free(e, c->query);
    parcel_fini(e, &c->parcel);
    block_unref(&e->blocks, c->ack);
    block_unref(&e->blocks, c->cancel_headers);
    block_unref(&e->blocks, c->others);
    e->stats.tx_client--;
    pool_free(&e->clients, c->job.id);
}

void client_end(struct engine *e, struct client *c)
{
    if (c->is_cancel)
        map_remove(&e->by_branch, &c->by_branch);
    client_free(e, c);
}

void client_after_step(struct engine *e, struct client *c)
{
    if (c->job.tx.state == TX_TERMINATED)
        client_end(e, c);
    else
        job_arm(e, &c->job);
}

void client_start(struct engine *e, struct client *c, unsigned method, time_ns now)
{
    c->method = (uint8_t)method;
    c->sent_at = now;
    /* What waits for an address or a connection is not retransmitted. */
    bool reliable = c->waits || transport_is_reliable(c->job.flow.transport);
    tx_start(&c->job.tx, method == METHOD_INVITE ? TX_INVITE_CLIENT : TX_NON_INVITE_CLIENT,
             reliable, &e->config.timers, now);
    job_arm(e, &c->job);
}

static int launch_by_conn(struct engine *e, struct client *c, time_ns now)
{
    struct conn *conn = c->job.flow.conn ? conn_of_flow(e, &c->job.flow)
                                         : conn_to(e, &c->job.flow, c->parcel.domain, now);
    if (!conn)
        return ERR_NOMEM;
    int err = conn_send(e, conn, c->parcel.bytes, NULL, NULL);
    if (err)
        return err;
    job_attach(&c->job, conn);
    c->job.flow.conn = conn->id;
    c->waits = conn->state == CONN_CONNECTING;
    return OK;
}

int client_launch(struct engine *e, struct client *c, time_ns now)
{
    c->job.flow = c->parcel.flow;
    if (transport_is_reliable(c->job.flow.transport))
        return launch_by_conn(e, c, now);
    output_send(e, &c->job.flow, c->parcel.bytes);
    c->waits = false;
    return OK;
}

static void act(struct engine *e, struct client *c, unsigned actions, bool answered, time_ns now)
{
    if ((actions & TX_RESEND) && c->parcel.bytes &&
        job_send(e, &c->job, c->parcel.bytes, now) == OK)
        e->stats.retransmissions_out++;
    if (actions & TX_TIMEOUT)
        e->stats.timeouts++;
    if (actions & TX_FAILED)
        e->stats.transport_errors++;
    if (c->is_cancel || answered)
        return;
    if (actions & TX_TIMEOUT)
        event_push(e, EVENT_TIMEOUT, &c->job);
    if (actions & TX_FAILED)
        event_push(e, EVENT_TRANSPORT_ERROR, &c->job);
}

static void step(struct engine *e, struct client *c, enum tx_event event, time_ns now)
{
    bool answered = c->job.tx.state == TX_COMPLETED;
    act(e, c, tx_step(&c->job.tx, event, &e->config.timers, now), answered, now);
    client_after_step(e, c);
}

void client_fire(struct engine *e, struct client *c, time_ns now)
{
    enum tx_event event;
    if (tx_due(&c->job.tx, now, &event))
        step(e, c, event, now);
    else if (c->cancel && c->job.owed_at <= now)
        client_send_cancel(e, c, now);
    else
        job_arm(e, &c->job);
}

static int go_to(struct engine *e, struct client *c, const struct addr *a, time_ns now)
{
    struct parcel *p = &c->parcel;
    int err = route_to(e, c->hop_transport, a, &p->flow);
    if (err)
        return err;
    p->by_size = false;
    parcel_rebranch(e, p);
    err = parcel_put_via(e, p, p->flow.listener);
    err = err ? err : parcel_fit(e, p);
    err = err ? err : client_launch(e, c, now);
    if (!err)
        client_start(e, c, c->method, now);
    return err;
}

/* RFC 3263 4.3: the next address, under a branch of its own, as long as nobody has answered. */
static bool try_others(struct engine *e, struct client *c, time_ns now)
{
    bool unanswered = c->job.tx.state == TX_CALLING || c->job.tx.state == TX_TRYING;
    int err = ERR_NO_ROUTE;
    while (err == ERR_NO_ROUTE && unanswered && !c->cancel && c->others && c->others->len > 0) {
        struct addr a;
        c->others->len -= (uint32_t)sizeof a;
        memcpy(&a, c->others->bytes + c->others->len, sizeof a);
        err = go_to(e, c, &a, now);
    }
    return err == OK;
}

void client_transport_error(struct engine *e, struct client *c, time_ns now)
{
    if (try_others(e, c, now))
        return;
    step(e, c, TX_TRANSPORT_ERROR, now);
}

/* RFC 3261 18.1.1: what went by TCP for its size alone is retried by UDP. */
void client_no_connection(struct engine *e, struct client *c, time_ns now)
{
    c->waits = false;
    if (c->parcel.by_size && c->parcel.bytes && parcel_back_to_udp(e, &c->parcel) == OK &&
        client_launch(e, c, now) == OK) {
        client_start(e, c, c->method, now);
        return;
    }
    client_transport_error(e, c, now);
}

/* Without memory for them the first address is all. */
static void keep_others(struct engine *e, struct client *c, uint16_t port, const struct addr *list,
                        size_t n)
{
    if (n > LIMIT_RESOLVE_ADDRESSES)
        n = LIMIT_RESOLVE_ADDRESSES;
    c->others = n > 0 ? block_new(&e->blocks, n * sizeof(struct addr)) : NULL;
    while (c->others && n-- > 0) {
        struct addr a = list[n];
        if (a.port == 0)
            a.port = port;
        memcpy(c->others->bytes + c->others->len, &a, sizeof a);
        c->others->len += (uint32_t)sizeof a;
    }
}

void client_keep_other(struct engine *e, struct client *c, uint8_t transport, const struct addr *a)
{
    c->hop_transport = transport;
    keep_others(e, c, a->port, a, 1);
}

void client_resolved(struct engine *e, struct client *c, const struct query *q,
                     const struct addr *list, size_t n, time_ns now)
{
    c->hop_transport = q->transport;
    int err = ERR_NO_ROUTE;
    for (size_t i = 0; i < n && err == ERR_NO_ROUTE; i++) {
        struct addr a = list[i];
        if (a.port == 0)
            a.port = q->port;
        err = go_to(e, c, &a, now);
        if (err == OK)
            keep_others(e, c, q->port, list + i + 1, n - i - 1);
    }
    if (err)
        client_transport_error(e, c, now);
}
