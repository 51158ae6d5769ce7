/* ICMP's word that a datagram's destination is not there: the transactions that wait for it are
 * told, at most ten sweeps a second. RFC 3261 18.4. */
#include "engine/state.h"

#define SWEEP_NS (100 * NS_PER_MS)

static bool is_named(const struct engine *e, const struct client *c)
{
    for (unsigned i = 0; i < e->n_unreachable; i++) {
        const struct unreachable *u = &e->unreachable[i];
        if (c->sent_at <= u->at && addr_equal(&u->remote, &c->job.flow.remote))
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

void unreachable_sweep(struct engine *e, time_ns now)
{
    uint32_t cursor = 0;
    pool_id id;
    struct client *c;
    while ((c = pool_each(&e->clients, &cursor, &id)) != NULL) {
        if (!waits_for_answer(c) || !is_named(e, c))
            continue;
        if (!engine_room(e, 2, 2)) {
            wheel_set(&e->wheel, &e->sweep.timer, time_add(now, SWEEP_NS));
            return;
        }
        client_transport_error(e, c, now);
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
