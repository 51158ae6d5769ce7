/* A worker's inputs: what sockets, other workers and the resolver bring is handed to its element,
 * one after the other. */
#include "base/err.h"
#include "server/worker_guard.h"
#include "server/worker_join.h"
#include "server/worker_stun.h"

#define ROUNDS 4 /* batches read from one socket before the others get their turn */
/* Parts of 256 of a socket's buffer that hold what was not read yet. A burst, and a while without
 * the processor, fit below; above, what is under way would soon be lost with what is new. */
#define BACKLOG_BEHIND 128
#define BACKLOG_SWAMPED 192
#define ACCEPTS_MOST 64 /* connections taken from one listener likewise */
#define PARCELS_MOST 1024
#define READ_AHEAD 32 /* datagrams: as many messages as the second cache has room for */
#define HOLD_NS (10 * NS_PER_MS)

/* An input that finds no memory is lost like a packet: its sender sends it again or gives up (but
 * what another worker hands over may have come by a stream: it is held). One that names what has
 * ended meanwhile is no fault of anybody's. */
static void note(struct worker *w, int error, time_ns now)
{
    if (error && error != ERR_STALE)
        log_event_gated(w->log, &w->gate, now, EV_INPUT_REFUSED, LOG_NUMBER("worker", w->index),
                        LOG_TEXT("why", str_from(err_name(error))));
}

/* --- datagrams --- */

/* NULL: it is not heard, or no message. */
static struct msg *read_datagram(struct worker *w, unsigned listener, const struct udp_in *in,
                                 time_ns now)
{
    struct flow f = {.transport = TRANSPORT_UDP,
                     .listener = (uint8_t)listener,
                     .local = w->listeners[listener].at.addr,
                     .remote = in->remote};
    struct msg *m = NULL;

    if (worker_hears(w, &f.remote, now) && !worker_takes_stun(w, listener, in))
        note(w, engine_read(w->engine, &f, in->bytes, &m), now);
    return m;
}

/* Returns how many; 0: that was all. */
static unsigned read_ahead(struct worker *w, unsigned listener, struct msg **out, time_ns now)
{
    struct udp_in in;
    unsigned n = 0;

    for (; n < READ_AHEAD && udp_next(w->area, &in); w->read++)
        if ((out[n] = read_datagram(w, listener, &in, now)) != NULL)
            n++;
    return n;
}

static void take_batch(struct worker *w, unsigned listener, time_ns now)
{
    struct msg *read[READ_AHEAD];
    unsigned n;

    while ((n = read_ahead(w, listener, read, now)) > 0) {
        for (unsigned i = 0; i < n; i++) {
            note(w, element_received(w->element, read[i], now), now);
            worker_take_notes(w, now);
        }
        worker_settle(w, now);
    }
}

static void take_unreachable(struct worker *w, unsigned listener, time_ns now)
{
    struct worker_listener *l = &w->listeners[listener];
    struct flow f = {
        .transport = TRANSPORT_UDP, .listener = (uint8_t)listener, .local = l->at.addr};

    while (udp_unreachable(&l->udp, &f.remote)) {
        note(w, element_unreachable(w->element, &f, now), now);
        worker_settle(w, now);
    }
}

static void measure_load(struct worker *w, struct udp *u, bool all)
{
    unsigned backlog = all ? 0 : udp_backlog(u);

    engine_set_load(w->engine, backlog >= BACKLOG_SWAMPED  ? ENGINE_SWAMPED
                               : backlog >= BACKLOG_BEHIND ? ENGINE_BEHIND
                                                           : ENGINE_KEEPS_UP);
    udp_hurry(u, backlog >= BACKLOG_BEHIND);
}

static void take_datagrams(struct worker *w, unsigned listener, const struct loop_event *e,
                           time_ns now)
{
    struct udp *u = &w->listeners[listener].udp;
    bool all = !e->readable;

    udp_ready(u, e);
    /* another look when all was read would cost more than to be told again */
    for (unsigned round = 0; round < ROUNDS && !all; round++) {
        all = udp_receive(u, w->area);
        measure_load(w, u, all);
        take_batch(w, listener, now);
        worker_flush(w, now);
    }
    take_unreachable(w, listener, now);
}

/* --- streams --- */

static void take_connection(struct worker *w, unsigned listener, const struct tcp_accepted *a,
                            time_ns now)
{
    struct tcp_layers layers = worker_layers(w->listeners[listener].at.transport);
    struct flow f = {.transport = w->listeners[listener].at.transport,
                     .listener = (uint8_t)listener,
                     .local = a->local,
                     .remote = a->remote};

    if (worker_admits(w, &a->remote, now))
        f.conn = element_accepted(w->element, &f, now);
    if (!f.conn)
        tcp_refuse(a);
    else if (tcp_add(&w->tcp, a, f.conn, &layers, now))
        note(w, element_closed(w->element, f.conn, now), now);
    worker_settle(w, now);
}

static void take_connections(struct worker *w, unsigned listener, time_ns now)
{
    struct tcp_accepted a;

    for (unsigned i = 0; i < ACCEPTS_MOST; i++) {
        if (!tcp_accept(&w->tcp, w->listeners[listener].fd, &a))
            return;
        take_connection(w, listener, &a, now);
    }
}

/* Whole messages read so far, whichever worker they belong to. */
static uint64_t messages(const struct worker *w)
{
    return engine_stats(w->engine)->received;
}

typedef int stream_input(struct element *, conn_id, struct str bytes, time_ns now);

static void take_bytes(struct worker *w, stream_input *input, conn_id conn, struct str bytes,
                       time_ns now)
{
    uint64_t before = messages(w);

    note(w, input(w->element, conn, bytes, now), now);
    if (messages(w) > before) {
        w->read += (unsigned)(messages(w) - before);
        tcp_proven(&w->tcp, conn, now);
    }
    worker_settle(w, now);
}

/* Without memory for them its names do not count: it is asked who it is, as anybody else. */
static void identify(struct worker *w, conn_id conn, time_ns now)
{
    char names[LIMIT_TLS_NAMES_BYTES];
    struct buf b;

    buf_init(&b, names, sizeof(names));
    tcp_peer_names(&w->tcp, conn, &b);
    note(w, element_identified(w->element, conn, buf_str(&b), now), now);
    worker_settle(w, now);
}

static void end_web(struct worker *w, conn_id conn, const char *why, time_ns now)
{
    const struct addr *from = tcp_remote(&w->tcp, conn);

    if (why && from)
        log_event_gated(w->log, &w->web_gate, now, EV_WEB_REFUSED, LOG_ADDR("from", from),
                        LOG_TEXT("why", str_from(why)));
    worker_drop(w, conn, now);
}

/* What a connection with WebSocket brings, message by message. */
static void take_web(struct worker *w, conn_id conn, struct str bytes, time_ns now)
{
    struct tcp_web_news news;

    while (bytes.len > 0) {
        switch (tcp_web_next(&w->tcp, conn, &bytes, now, &news)) {
        case TCP_WEB_MESSAGE:
        case TCP_WEB_ALIVE:
            take_bytes(w, element_message, conn, news.message, now);
            break;
        case TCP_WEB_OVER:
            end_web(w, conn, news.why, now);
            return;
        case TCP_WEB_MORE:
            break;
        }
    }
}

static void take_read(struct worker *w, conn_id conn, struct str bytes, time_ns now)
{
    if (!worker_hears_stream(w, conn, now))
        worker_drop(w, conn, now);
    else if (tcp_is_web(&w->tcp, conn))
        take_web(w, conn, bytes, now);
    else
        take_bytes(w, element_stream, conn, bytes, now);
}

static void take_news(struct worker *w, enum tcp_result result, const struct tcp_news *news,
                      time_ns now)
{
    if (result == TCP_NOTHING)
        return;
    if (result == TCP_CONNECTED) {
        note(w, element_connected(w->element, news->conn, &news->local, now), now);
        worker_settle(w, now);
    }
    /* RFC 5923 4: on a connection that we made the far end may have requests for us, too. */
    if (result == TCP_SECURED || result == TCP_CONNECTED)
        identify(w, news->conn, now);
    if (news->bytes.len > 0)
        take_read(w, news->conn, news->bytes, now);
}

static void take_stream(struct worker *w, const struct loop_event *e, time_ns now)
{
    struct tcp_news news;
    enum tcp_result result = tcp_ready(&w->tcp, e, now, &news);

    take_news(w, result, &news, now);
}

void worker_take_parked(struct worker *w, time_ns now)
{
    struct tcp_news news;
    enum tcp_result result;

    tcp_turn(&w->tcp);
    while (tcp_parked(&w->tcp, now, &result, &news))
        take_news(w, result, &news, now);
}

void worker_event(struct worker *w, const struct loop_event *e, time_ns now)
{
    if (LOOP_IS_CONN(e->token)) {
        take_stream(w, e, now);
        return;
    }
    switch (LOOP_KIND(e->token)) {
    case TOKEN_UDP:
        take_datagrams(w, LOOP_INDEX(e->token), e, now);
        break;
    case TOKEN_LISTENER:
        take_connections(w, LOOP_INDEX(e->token), now);
        break;
    case TOKEN_BELL:
        bell_hush(post_bell(w->shared->post, w->index));
        break;
    }
}

/* --- from beside --- */

/* Bytes for a connection that has ended meanwhile: the sender shall know. */
static void send_for(struct worker *w, const struct parcel *p)
{
    struct parcel gone = {.kind = PARCEL_GONE, .conn = p->conn};

    block_enter(w->blocks, p->bytes);
    if (!tcp_send(&w->tcp, p->conn, p->bytes) &&
        post_send(w->shared->post, w->index, p->from, &gone))
        w->to_ring |= UINT64_C(1) << p->from;
}

static int open_parcel(struct worker *w, const struct parcel *p, time_ns now)
{
    switch (p->kind) {
    case PARCEL_MESSAGE:
        return element_adopt(w->element, p->msg, now);
    case PARCEL_SEND:
        send_for(w, p);
        return OK;
    case PARCEL_GONE:
        return element_closed(w->element, p->conn, now);
    case PARCEL_BAN:
        worker_take_ban(w, p->bytes, now);
        return OK;
    case PARCEL_CAME:
        worker_take_came(w, p->bytes, now);
        return OK;
    case PARCEL_ALIAS:
        worker_take_alias(w, p->bytes);
        return OK;
    }
    return OK;
}

static void take_parcel(struct worker *w, const struct parcel *p, time_ns now)
{
    int error = open_parcel(w, p, now);

    note(w, error, now);
    if (error == ERR_NOMEM) {
        w->held = *p;
        w->held_until = now + HOLD_NS;
    }
    worker_settle(w, now);
}

/* False: there is none, or what is held still waits. */
static bool next_parcel(struct worker *w, struct parcel *out, time_ns now)
{
    if (!w->held_until)
        return post_take(w->shared->post, w->index, out);
    if (now < w->held_until)
        return false;
    *out = w->held;
    w->held_until = 0;
    return true;
}

static void take_answer(struct worker *w, const struct net_dns_answer *a, time_ns now)
{
    struct str name;

    if (a->len == 0 && engine_asks(w->engine, a->query, &name))
        log_event_gated(w->log, &w->dns_gate, now, EV_DNS_FAILED, LOG_TEXT("name", name),
                        LOG_NUMBER("worker", w->index));
    note(w, element_resolved(w->element, a->query, (struct str){a->bytes, a->len}, now), now);
    net_dns_done(w->shared->dns, a);
    worker_settle(w, now);
}

void worker_take_post(struct worker *w, time_ns now)
{
    struct net_dns_answer answer;
    struct store_answer stored;
    struct parcel parcel;

    for (unsigned i = 0; i < PARCELS_MOST && next_parcel(w, &parcel, now); i++)
        take_parcel(w, &parcel, now);
    while (net_dns_answer(w->shared->dns, w->index, &answer))
        take_answer(w, &answer, now);
    while (store_answer(w->shared->store, w->index, &stored)) {
        note(w, element_store_answered(w->element, &stored, now), now);
        worker_settle(w, now);
    }
}

void worker_take_time(struct worker *w, time_ns now)
{
    if (element_deadline(w->element) <= now) {
        note(w, element_time(w->element, now), now);
        worker_settle(w, now);
    }
    if (tcp_deadline(&w->tcp) <= now)
        tcp_expire(&w->tcp, now);
    worker_tell_failures(w, now);
    worker_drop_banned(w, now);
    worker_ping(w, now);
}
