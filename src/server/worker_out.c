/* A worker's outputs: what its element wants done is done, or handed to whoever does it. */
#include "base/err.h"
#include "server/worker_guard.h"
#include "server/worker_join.h"

static unsigned worker_of(conn_id conn)
{
    return (unsigned)(conn >> 56);
}

struct tcp_layers worker_layers(unsigned transport)
{
    return (struct tcp_layers){.tls = transport_is_secure(transport),
                               .web = transport_is_web(transport)};
}

static void later(struct worker *w, const struct due *due)
{
    dues_push(&w->dues, due);
}

/* --- to other workers --- */

static bool post_to(struct worker *w, unsigned to, struct parcel *p)
{
    if (to >= w->shared->n_workers || to == w->index ||
        !post_send(w->shared->post, w->index, to, p)) {
        w->lost_handovers++;
        return false;
    }
    w->to_ring |= UINT64_C(1) << to;
    return true;
}

static void hand_over(struct worker *w, const struct engine_output *o)
{
    struct parcel p = {.kind = PARCEL_MESSAGE, .msg = o->msg};

    if (post_to(w, o->worker, &p))
        return;
    block_enter(w->blocks, o->msg->block);
    msg_unref(w->blocks, o->msg);
}

/* Bytes that somebody else holds too cannot leave this thread: a copy goes. */
static struct block *make_own(struct worker *w, struct block *b)
{
    struct block *copy;

    if (b->refs == 1)
        return b;
    copy = block_new(w->blocks, b->len);
    if (copy) {
        memcpy(copy->bytes, b->bytes, b->len);
        copy->len = b->len;
    }
    block_unref(w->blocks, b);
    return copy;
}

/* A connection of a worker that there is not, since there were more before a restart, has ended. */
static void send_by_nobody(struct worker *w, conn_id conn, struct block *bytes)
{
    block_unref(w->blocks, bytes);
    later(w, &(struct due){.kind = DUE_CLOSED, .conn = conn});
}

static void send_by_other(struct worker *w, conn_id conn, struct block *bytes)
{
    struct parcel p = {.kind = PARCEL_SEND, .conn = conn, .bytes = make_own(w, bytes)};

    if (!p.bytes)
        return;
    block_leave(w->blocks, p.bytes);
    if (post_to(w, worker_of(conn), &p))
        return;
    block_enter(w->blocks, p.bytes);
    block_unref(w->blocks, p.bytes);
}

static void tell_others_gone(struct worker *w, conn_id conn)
{
    for (unsigned i = 0; i < w->shared->n_workers; i++) {
        struct parcel p = {.kind = PARCEL_GONE, .conn = conn};

        if (i != w->index)
            (void)post_to(w, i, &p);
    }
}

/* --- one output --- */

static void send_bytes(struct worker *w, const struct engine_output *o, time_ns now)
{
    const struct flow *f = &o->flow;

    recorder_put_message(w->recorder, RECORD_SENT, f, block_str(o->bytes), now);
    if (f->transport == TRANSPORT_UDP)
        udp_send(&w->listeners[f->listener].udp, &f->remote, o->bytes, 0);
    else if (worker_of(f->conn) == w->index)
        (void)tcp_send(&w->tcp, f->conn, o->bytes);
    else if (worker_of(f->conn) >= w->shared->n_workers)
        send_by_nobody(w, f->conn, o->bytes);
    else
        send_by_other(w, f->conn, o->bytes);
}

static void connect_to(struct worker *w, const struct engine_output *o, time_ns now)
{
    const struct listen_at *from = &w->listeners[o->flow.listener].at;
    struct tcp_layers layers = worker_layers(from->transport);

    layers.name = o->domain;
    if (tcp_connect(&w->tcp, o->conn, &from->addr, &o->flow.remote, &layers, now) != OK)
        later(w, &(struct due){.kind = DUE_CLOSED, .conn = o->conn});
}

static void resolve(struct worker *w, const struct engine_output *o)
{
    if (!net_dns_ask(w->shared->dns, w->index, o->query, o->name, o->type))
        later(w, &(struct due){.kind = DUE_UNRESOLVED, .query = o->query});
}

static void ask_store(struct worker *w, uint64_t query, const struct store_ask *ask, time_ns now)
{
    struct due due = {.kind = DUE_STORED, .answer.query = query};
    struct locations_asker who = {w->index, query};

    if (ask->op == STORE_GET)
        worker_tell_awaits(w);
    if (store_ask(w->shared->store, who, ask, now, w->blocks, &due.answer, &due.value))
        later(w, &due);
}

static void ask_all(struct worker *w, time_ns now)
{
    struct worker_asks *a = &w->asks;

    if (a->n > 1)
        store_prefetch(w->shared->store, a->list, a->n);
    for (unsigned i = 0; i < a->n; i++)
        ask_store(w, a->queries[i], &a->list[i], now);
    a->n = 0;
}

static void hold_ask(struct worker *w, const struct engine_output *o, time_ns now)
{
    struct worker_asks *a = &w->asks;

    a->queries[a->n] = o->query;
    a->list[a->n++] = o->ask;
    if (a->n == STORE_TOGETHER)
        ask_all(w, now);
}

static void act(struct worker *w, const struct engine_output *o, time_ns now)
{
    switch (o->kind) {
    case OUTPUT_SEND:
        send_bytes(w, o, now);
        break;
    case OUTPUT_CONNECT:
        connect_to(w, o, now);
        break;
    case OUTPUT_CLOSE:
        tcp_end(&w->tcp, o->conn, now);
        tell_others_gone(w, o->conn);
        break;
    case OUTPUT_RESOLVE:
        resolve(w, o);
        break;
    case OUTPUT_STORE:
        hold_ask(w, o, now);
        break;
    case OUTPUT_HANDOVER:
        hand_over(w, o);
        break;
    }
}

/* --- until nothing is left --- */

static void feed(struct worker *w, const struct due *due, time_ns now)
{
    int error = OK;

    switch (due->kind) {
    case DUE_STORED:
        error = element_store_answered(w->element, &due->answer, now);
        break;
    case DUE_UNRESOLVED:
        error = element_resolved(w->element, due->query, STR_NONE, now);
        break;
    case DUE_CLOSED:
        error = element_closed(w->element, due->conn, now);
        break;
    }
    block_unref(w->blocks, due->value);
    if (error && error != ERR_STALE)
        log_event_gated(w->log, &w->gate, now, EV_ANSWER_REFUSED, LOG_NUMBER("worker", w->index),
                        LOG_TEXT("why", str_from(err_name(error))));
}

void worker_settle(struct worker *w, time_ns now)
{
    struct engine_output o;
    struct due due;

    do {
        worker_take_notes(w, now);
        worker_tell_aliases(w);
        worker_tell_ended(w, now);
        while (dues_room(&w->dues) > w->asks.n && element_output(w->element, &o))
            act(w, &o, now);
        ask_all(w, now);
        if (!dues_pop(&w->dues, &due))
            return;
        feed(w, &due, now);
    } while (true);
}

static void write_out(struct worker *w, time_ns now)
{
    for (unsigned i = 0; i < w->n_listeners; i++) {
        struct udp *u = &w->listeners[i].udp;

        if (w->listeners[i].at.transport == TRANSPORT_UDP && u->n > 0 && !u->blocked)
            udp_flush(u);
    }
    tcp_flush(&w->tcp, now);
}

void worker_drop(struct worker *w, conn_id conn, time_ns now)
{
    if (element_closed(w->element, conn, now) == ERR_NOMEM)
        return; /* what it brings is not looked at, and there will be another look */
    tcp_end(&w->tcp, conn, now);
    tell_others_gone(w, conn);
    worker_settle(w, now);
}

/* False: none had ended. */
static bool tell_gone(struct worker *w, time_ns now)
{
    bool any = false;
    conn_id conn;

    while ((conn = tcp_gone(&w->tcp))) {
        any = true;
        (void)element_closed(w->element, conn, now);
        tell_others_gone(w, conn);
        worker_settle(w, now);
    }
    return any;
}

/* Writing may find that a connection has ended, and its end may give something to write. */
void worker_flush(struct worker *w, time_ns now)
{
    do
        write_out(w, now);
    while (tell_gone(w, now));
    for (unsigned i = 0; w->to_ring; i++, w->to_ring >>= 1)
        if (w->to_ring & 1)
            post_ring(w->shared->post, i);
}

static void give_back(struct worker *w, const struct parcel *p)
{
    if (p->kind == PARCEL_MESSAGE) {
        block_enter(w->blocks, p->msg->block);
        msg_unref(w->blocks, p->msg);
    } else if (p->kind == PARCEL_SEND || p->kind == PARCEL_BAN || p->kind == PARCEL_CAME ||
               p->kind == PARCEL_ALIAS) {
        block_enter(w->blocks, p->bytes);
        block_unref(w->blocks, p->bytes);
    }
}

void worker_empty_post(struct worker *w)
{
    struct parcel p;

    if (w->blocks && w->held_until)
        give_back(w, &w->held);
    w->held_until = 0;
    while (w->blocks && post_take(w->shared->post, w->index, &p))
        give_back(w, &p);
}
