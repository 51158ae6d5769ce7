/* ICMP's word that a datagram's destination is not there: the transactions that wait for it are
 * told, at most ten sweeps a second. RFC 3261 18.4. */
#include "engine/state.h"

#define SWEEP_NS (100 * NS_PER_MS)

/* What was sent there at `sent_at` may not have arrived. */
static bool is_named(const struct engine *e, const struct job *j, time_ns sent_at)
{
    for (unsigned i = 0; i < e->n_unreachable; i++) {
        const struct unreachable *u = &e->unreachable[i];
        if (sent_at <= u->at && addr_equal(&u->remote, &j->flow.remote))
            return true;
    }
    return false;
}

static bool waits_for_answer(const struct client *c)
{
    unsigned state = c->job.tx.state;
    return !c->waits && !transport_is_reliable(c->job.flow.transport) &&
           (state == TX_CALLING || state == TX_TRYING || state == TX_PROCEEDING);
}

/* False: there is no room for all of them yet. */
static bool sweep_clients(struct engine *e, time_ns now)
{
    uint32_t cursor = 0;
    pool_id id;
    struct client *c;
    while ((c = pool_each(&e->clients, &cursor, &id)) != NULL) {
        if (!waits_for_answer(c) || !is_named(e, &c->job, c->sent_at))
            continue;
        if (!engine_room(e, 2, 2))
            return false;
        client_transport_error(e, c, now);
    }
    return true;
}

/* Once: who forges the word of ICMP makes it no ping-pong. */
static bool may_go_elsewhere(const struct server *s)
{
    return s->last && !s->elsewhere && !s->has_rport &&
           !transport_is_reliable(s->job.flow.transport);
}

/* RFC 3261 18.2.2: the response then goes to where sent-by leads; not of who asked by rport for an
 * answer to where it came from (RFC 3581 4). */
static bool sweep_servers(struct engine *e, time_ns now)
{
    uint32_t cursor = 0;
    pool_id id;
    struct server *s;
    while ((s = pool_each(&e->servers, &cursor, &id)) != NULL) {
        if (!may_go_elsewhere(s) || !is_named(e, &s->job, s->since))
            continue;
        if (!engine_room(e, 2, 2))
            return false;
        s->elsewhere = true;
        sent_by_go(e, s->last, &s->job.flow, s->job.id, now);
    }
    return true;
}

void unreachable_sweep(struct engine *e, time_ns now)
{
    if (!sweep_clients(e, now) || !sweep_servers(e, now)) {
        wheel_set(&e->wheel, &e->sweep.timer, time_add(now, SWEEP_NS));
        return;
    }
    e->n_unreachable = 0;
    e->swept_at = now;
}

int engine_unreachable(struct engine *e, const struct flow *flow, time_ns now)
{
    if (transport_is_reliable(flow->transport))
        return engine_closed(e, flow->conn, now);
    /* Over the limit the timers find out by themselves. */
    if (e->n_unreachable == LIMIT_UNREACHABLE)
        return OK;
    e->unreachable[e->n_unreachable++] = (struct unreachable){flow->remote, now};
    if (e->swept_at == 0 || now >= time_add(e->swept_at, SWEEP_NS))
        unreachable_sweep(e, now);
    else if (!timer_is_set(&e->sweep.timer))
        wheel_set(&e->wheel, &e->sweep.timer, time_add(e->swept_at, SWEEP_NS));
    return OK;
}
