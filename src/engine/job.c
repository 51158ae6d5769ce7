/* What client and server transactions have in common: their timer, their connection, sending. */
#include "engine/state.h"

void job_init(struct job *j, enum alarm_kind kind)
{
    j->alarm.kind = kind;
    timer_init(&j->alarm.timer);
    list_init(&j->on_conn);
    j->owed_at = j->next_at = TIME_NEVER;
}

void job_arm(struct engine *e, struct job *j)
{
    time_ns at = time_min(tx_deadline(&j->tx), time_min(j->owed_at, j->next_at));
    if (at != j->alarm.timer.at)
        wheel_set(&e->wheel, &j->alarm.timer, at);
}

void job_attach(struct job *j, struct conn *c)
{
    job_detach(j);
    j->conn = c;
    if (!c)
        return;
    list_append(&c->jobs, &j->on_conn);
    c->n_jobs++;
}

void job_detach(struct job *j)
{
    if (!j->conn)
        return;
    list_remove(&j->on_conn);
    j->conn->n_jobs--;
    j->conn = NULL;
}

/* RFC 3261 18.2.2: a response goes to whoever asked. */
static struct block *domain_of(struct job *j)
{
    return j->alarm.kind == ALARM_CLIENT ? CONTAINER_OF(j, struct client, job)->parcel.domain
                                         : NULL;
}

int job_send(struct engine *e, struct job *j, struct block *bytes, time_ns now)
{
    if (!transport_is_reliable(j->flow.transport)) {
        output_send(e, &j->flow, bytes);
        return OK;
    }
    if (!j->conn && only_peer_dials(e, j->flow.transport)) {
        e->stats.transport_errors++; /* nothing else leads there: it is lost as on the way */
        return OK;
    }
    if (!j->conn) {
        struct conn *c = conn_to(e, &j->flow, domain_of(j), now);
        if (!c)
            return ERR_NOMEM;
        job_attach(j, c);
        j->flow.conn = c->id;
    }
    const struct fallback or_else = {.tx = j->id};
    return conn_send(e, j->conn, bytes, j->alarm.kind == ALARM_SERVER ? &or_else : NULL);
}

struct client *client_get(const struct engine *e, tx_id id)
{
    return id == 0 || (id & SERVER_BIT) ? NULL : pool_get(&e->clients, id);
}

struct server *server_get(const struct engine *e, tx_id id)
{
    return id & SERVER_BIT ? pool_get(&e->servers, id & ~SERVER_BIT) : NULL;
}

struct job *job_get(const struct engine *e, tx_id id)
{
    if (id & SERVER_BIT) {
        struct server *s = server_get(e, id);
        return s ? &s->job : NULL;
    }
    struct client *c = client_get(e, id);
    return c ? &c->job : NULL;
}
