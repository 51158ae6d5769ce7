/* Connections: known by id and by far end, reused, made, waited for, lost. RFC 3261
 * 18, 18.1.1, 18.2.2. Opens no socket. */
#include "engine/state.h"

#include <assert.h>

uint64_t conn_hash(const struct engine *e, const struct flow *f)
{
    char at[20];
    memcpy(at, f->remote.ip, 16);
    at[16] = (char)f->remote.family;
    at[17] = (char)(f->remote.port >> 8);
    at[18] = (char)f->remote.port;
    at[19] = (char)f->transport;
    return siphash13(&e->key, (struct str){at, sizeof at});
}

struct conn *conn_get(const struct engine *e, conn_id id)
{
    for (struct map_node *n = map_find(&e->conns_by_id, id); n; n = map_find_next(n)) {
        struct conn *c = CONTAINER_OF(n, struct conn, by_id);
        if (c->id == id)
            return c;
    }
    return NULL;
}

bool engine_conn_flow(const struct engine *e, conn_id id, struct flow *out)
{
    const struct conn *c = conn_get(e, id);
    if (c)
        *out = c->flow;
    return c != NULL;
}

/* RFC 5922 7.3: a connection is used for the domain alone that its far end proved to be. */
static bool expects(const struct conn *c, const struct block *domain)
{
    return !domain || (c->domain && str_equal_nocase(block_str(c->domain), block_str(domain)));
}

static struct conn *find_remote(const struct engine *e, const struct flow *f,
                                const struct block *domain)
{
    struct map_node *n = map_find(&e->conns_by_remote, conn_hash(e, f));
    for (; n; n = map_find_next(n)) {
        struct conn *c = CONTAINER_OF(n, struct conn, by_remote);
        if (c->flow.transport == f->transport && addr_equal(&c->flow.remote, &f->remote) &&
            expects(c, domain))
            return c;
    }
    return alias_find(e, f, domain);
}

static struct conn *new_conn(struct engine *e, const struct flow *flow, conn_id id,
                             enum conn_state state)
{
    pool_id slot;
    struct conn *c = pool_alloc(&e->conns, &slot);
    if (!c)
        return NULL;
    c->slot = slot;
    c->id = id;
    c->state = state;
    c->flow = *flow;
    c->flow.conn = id;
    list_init(&c->jobs);
    list_init(&c->pending);
    list_init(&c->alias_told);
    frame_init(&c->frame, LIMIT_MSG_BYTES);
    c->alarm.kind = ALARM_CONN;
    timer_init(&c->alarm.timer);
    map_insert(&e->conns_by_id, &c->by_id, id);
    if (state != CONN_FOREIGN) {
        map_insert(&e->conns_by_remote, &c->by_remote, conn_hash(e, flow));
        e->stats.conns++;
    }
    return c;
}

static conn_id next_id(struct engine *e)
{
    return (conn_id)e->config.worker << 56 | ++e->conn_serial;
}

conn_id engine_accepted(struct engine *e, const struct flow *flow, time_ns now)
{
    if (e->n_silent >= LIMIT_CONNS_SILENT || flow->listener >= e->n_listeners)
        return 0;
    struct conn *c = new_conn(e, flow, next_id(e), CONN_OPEN);
    if (!c)
        return 0;
    c->silent = true;
    e->n_silent++;
    c->active_at = now;
    conn_arm(e, c);
    return c->id;
}

bool conn_is_foreign(const struct engine *e, const struct flow *f)
{
    return f->conn != 0 && f->conn >> 56 != e->config.worker;
}

struct conn *conn_of_flow(struct engine *e, const struct flow *f)
{
    struct conn *c = f->conn ? conn_get(e, f->conn) : NULL;
    if (c || f->conn == 0 || f->conn >> 56 == e->config.worker)
        return c;
    return new_conn(e, f, f->conn, CONN_FOREIGN);
}

struct conn *conn_to(struct engine *e, const struct flow *f, struct block *domain, time_ns now)
{
    if (!transport_is_secure(f->transport))
        domain = NULL;
    struct conn *c = find_remote(e, f, domain);
    if (c)
        return c;
    /* None is made for a message that it then could not keep. */
    if (pool_reserve(&e->pendings))
        c = new_conn(e, f, next_id(e), CONN_CONNECTING);
    if (!c)
        return NULL;
    c->domain = domain ? block_ref(domain) : NULL;
    c->active_at = now;
    conn_arm(e, c);
    output_connect(e, c);
    return c;
}

static int wait_for(struct engine *e, struct conn *c, struct block *bytes,
                    const struct fallback *or_else, time_ns until)
{
    pool_id id;
    if (c->n_pending >= LIMIT_CONN_PENDING)
        return ERR_LIMIT;
    struct pending *p = pool_alloc(&e->pendings, &id);
    if (!p)
        return ERR_NOMEM;
    p->id = id;
    p->bytes = block_ref(bytes);
    p->until = until;
    if (or_else)
        p->or_else = *or_else;
    if (p->or_else.bytes)
        block_ref(p->or_else.bytes);
    list_append(&c->pending, &p->node);
    c->n_pending++;
    return OK;
}

int conn_send(struct engine *e, struct conn *c, struct block *bytes, const struct fallback *or_else)
{
    if (c->state == CONN_CONNECTING)
        return wait_for(e, c, bytes, or_else, TIME_NEVER);
    output_send(e, &c->flow, bytes);
    if (or_else)
        query_free(e, or_else->query);
    return OK;
}

static struct pending *first_pending(const struct conn *c)
{
    struct list *node = list_first(&c->pending);
    return node ? CONTAINER_OF(node, struct pending, node) : NULL;
}

void conn_hold(struct engine *e, struct conn *c, struct block *bytes, const struct flow *other,
               time_ns now)
{
    const struct fallback or_else = {.bytes = bytes, .flow = *other};
    time_ns until = time_add(now, e->config.timers.t1);
    assert(c->state == CONN_FOREIGN);
    if (wait_for(e, c, bytes, &or_else, until))
        return;
    if (!timer_is_set(&c->alarm.timer))
        wheel_set(&e->wheel, &c->alarm.timer, until);
}

static void pending_free(struct engine *e, struct conn *c, struct pending *p)
{
    list_remove(&p->node);
    c->n_pending--;
    block_unref(&e->blocks, p->bytes);
    block_unref(&e->blocks, p->or_else.bytes);
    query_free(e, p->or_else.query);
    pool_free(&e->pendings, p->id);
}

void conn_withdraw(struct engine *e, struct conn *c, const struct block *bytes)
{
    LIST_EACH (&c->pending, node, after) {
        struct pending *p = CONTAINER_OF(node, struct pending, node);
        if (p->bytes != bytes)
            continue;
        pending_free(e, c, p);
        return;
    }
}

int engine_connected(struct engine *e, conn_id id, const struct addr *local, time_ns now)
{
    struct conn *c = conn_get(e, id);
    if (!c || c->state == CONN_FOREIGN)
        return ERR_STALE;
    if (c->state != CONN_CONNECTING)
        return ERR_INVALID;
    if (!engine_room(e, 0, c->n_pending))
        return ERR_NOMEM;
    c->state = CONN_OPEN;
    c->flow.local = *local;
    c->active_at = now;
    LIST_EACH (&c->pending, node, after) {
        struct pending *p = CONTAINER_OF(node, struct pending, node);
        output_send(e, &c->flow, p->bytes);
        pending_free(e, c, p);
    }
    LIST_EACH (&c->jobs, node, after) {
        struct job *j = CONTAINER_OF(node, struct job, on_conn);
        if (j->alarm.kind == ALARM_CLIENT)
            CONTAINER_OF(j, struct client, job)->waits = false;
    }
    wheel_stop(&e->wheel, &c->alarm.timer);
    conn_arm(e, c);
    return OK;
}

void conn_free(struct engine *e, struct conn *c)
{
    LIST_EACH (&c->pending, node, after) {
        pending_free(e, c, CONTAINER_OF(node, struct pending, node));
    }
    assert(list_is_empty(&c->jobs));
    wheel_stop(&e->wheel, &c->alarm.timer);
    block_unref(&e->blocks, c->in);
    block_unref(&e->blocks, c->domain);
    block_unref(&e->blocks, c->names);
    pool_free(&e->conns, c->slot);
}

static void unlist(struct engine *e, struct conn *c)
{
    map_remove(&e->conns_by_id, &c->by_id);
    conn_proven(e, c);
    alias_drop(e, c);
    if (c->state == CONN_FOREIGN)
        return;
    map_remove(&e->conns_by_remote, &c->by_remote);
    e->stats.conns--;
}

void conn_drop(struct engine *e, struct conn *c)
{
    unlist(e, c);
    conn_free(e, c);
}

void conn_release_foreign(struct engine *e, struct conn *c)
{
    if (c->state != CONN_FOREIGN || c->n_jobs || c->n_pending || c->has_alias)
        return;
    conn_drop(e, c);
}

static void job_lost(struct engine *e, struct job *j, time_ns now)
{
    j->flow.conn = 0;
    if (j->alarm.kind == ALARM_CLIENT) {
        struct client *c = CONTAINER_OF(j, struct client, job);
        if (c->waits)
            client_no_connection(e, c, now);
        else
            client_transport_error(e, c, now);
        return;
    }
    /* RFC 3261 18.2.2: the response then goes to received and the port of sent-by. */
    struct server *s = CONTAINER_OF(j, struct server, job);
    j->flow.remote.port = s->sent_by_port;
}

static void send_by(struct engine *e, const struct fallback *way, time_ns now)
{
    if (!transport_is_reliable(way->flow.transport)) {
        output_send(e, &way->flow, way->bytes);
        return;
    }
    const struct fallback or_else = {.tx = way->tx};
    struct conn *c = conn_to(e, &way->flow, NULL, now);
    if (!c || conn_send(e, c, way->bytes, &or_else))
        e->stats.transport_errors++;
}

static bool is_response(const struct block *bytes)
{
    return str_starts(block_str(bytes), STR("SIP/2.0 "));
}

static void send_otherwise(struct engine *e, const struct conn *c, struct pending *p, time_ns now)
{
    uint64_t query = p->or_else.query;
    p->or_else.query = 0;
    if (p->or_else.bytes)
        send_by(e, &p->or_else, now);
    else if (query)
        places_next(e, query, now);
    else if (is_response(p->bytes))
        sent_by_go(e, p->bytes, &c->flow, p->or_else.tx, now);
}

/* Room for 2 events and 2 outputs a job, and one of each for each that waits, must be there. */
void conn_lost(struct engine *e, struct conn *c, time_ns now)
{
    struct list *node;
    unlist(e, c);
    while ((node = list_first(&c->jobs)) != NULL) {
        struct job *j = CONTAINER_OF(node, struct job, on_conn);
        job_detach(j);
        job_lost(e, j, now);
    }
    LIST_EACH (&c->pending, n, after) {
        send_otherwise(e, c, CONTAINER_OF(n, struct pending, node), now);
    }
    conn_free(e, c);
}

static bool room_to_lose(struct engine *e, const struct conn *c)
{
    return engine_room(e, 2 * c->n_jobs + c->n_pending, 2 * c->n_jobs + c->n_pending + 1);
}

int engine_closed(struct engine *e, conn_id id, time_ns now)
{
    struct conn *c = conn_get(e, id);
    if (!c)
        return ERR_STALE;
    if (!room_to_lose(e, c))
        return ERR_NOMEM;
    conn_lost(e, c, now);
    return OK;
}

void conn_proven(struct engine *e, struct conn *c)
{
    if (c->silent)
        e->n_silent--;
    c->silent = false;
}

static time_ns due_at(const struct conn *c)
{
    if (c->broken)
        return 0;
    if (c->state == CONN_CONNECTING)
        return time_add(c->active_at, LIMIT_TCP_CONNECT_S * NS_PER_S);
    time_ns at = time_add(c->active_at, LIMIT_TCP_IDLE_S * NS_PER_S);
    if (c->partial)
        at = time_min(at, time_add(c->partial_at, LIMIT_TCP_SILENT_S * NS_PER_S));
    if (c->silent)
        at = time_min(at, time_add(c->active_at, LIMIT_TCP_SILENT_S * NS_PER_S));
    return at;
}

/* Traffic moves the end later without touching the wheel: the alarm looks again when it fires. */
void conn_arm(struct engine *e, struct conn *c)
{
    time_ns at = due_at(c);
    if (at < c->alarm.timer.at)
        wheel_set(&e->wheel, &c->alarm.timer, at);
}

void conn_close(struct engine *e, struct conn *c, time_ns now)
{
    output_close(e, c);
    conn_lost(e, c, now);
}

static bool in_use(const struct conn *c)
{
    return c->n_jobs > 0 && c->state == CONN_OPEN && !c->partial;
}

/* Nobody has said that the connection was gone. */
static void let_go(struct engine *e, struct conn *c, time_ns now)
{
    struct pending *p;
    while ((p = first_pending(c)) != NULL && p->until <= now)
        pending_free(e, c, p);
    if (p)
        wheel_set(&e->wheel, &c->alarm.timer, p->until);
    conn_release_foreign(e, c);
}

void conn_fire(struct engine *e, struct conn *c, time_ns now)
{
    if (c->state == CONN_FOREIGN) {
        let_go(e, c, now);
        return;
    }
    if (c->stalled) {
        c->stalled = false;
        stream_run(e, c, now);
        return;
    }
    if (in_use(c))
        c->active_at = now;
    if (due_at(c) > now)
        conn_arm(e, c);
    else if (room_to_lose(e, c))
        conn_close(e, c, now);
    else
        wheel_set(&e->wheel, &c->alarm.timer, time_add(now, 10 * NS_PER_MS));
}
