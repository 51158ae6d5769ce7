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
    if (client_is_silent(c))
        map_remove(&e->by_branch, &c->by_branch);
    client_free(e, c);
}

bool client_is_silent(const struct client *c)
{
    return c->is_cancel || c->is_left;
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
    if (c->by_name)
        tx_end_by(&c->job.tx, c->until);
    c->job.next_at = client_turn_ends(e, c, now);
    job_arm(e, &c->job);
}

static int launch_by_conn(struct engine *e, struct client *c, time_ns now)
{
    struct conn *conn = c->job.flow.conn ? conn_of_flow(e, &c->job.flow)
                                         : conn_to(e, &c->job.flow, c->parcel.domain, now);
    if (!conn)
        return ERR_NOMEM;
    int err = conn_send(e, conn, c->parcel.bytes, NULL);
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
    if (client_is_silent(c) || c->answered || answered)
        return;
    if (actions & TX_TIMEOUT) {
        why_client(e, c, REASON_TIMED_OUT, now);
        event_push(e, EVENT_TIMEOUT, &c->job);
    }
    if (actions & TX_FAILED)
        event_push(e, EVENT_TRANSPORT_ERROR, &c->job);
}

void client_step(struct engine *e, struct client *c, enum tx_event event, time_ns now)
{
    bool answered = c->job.tx.state == TX_COMPLETED;
    act(e, c, tx_step(&c->job.tx, event, &e->config.timers, now), answered, now);
    client_after_step(e, c);
}

void client_fire(struct engine *e, struct client *c, time_ns now)
{
    enum tx_event event;
    if (tx_due(&c->job.tx, now, &event)) {
        if (event == TX_FIRE_B || (event == TX_FIRE_F && c->job.tx.state == TX_TRYING))
            client_unheard(e, c, now);
        client_step(e, c, event, now);
    } else if (c->job.next_at <= now)
        client_turn(e, c, now);
    else if (c->cancel && c->job.owed_at <= now)
        client_send_cancel(e, c, now);
    else
        job_arm(e, &c->job);
}

void client_transport_error(struct engine *e, struct client *c, time_ns now)
{
    client_unheard(e, c, now);
    why_client(e, c, REASON_UNREACHABLE, now);
    if (!client_next(e, c, now))
        client_step(e, c, TX_TRANSPORT_ERROR, now);
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
