/* A host's inputs: what the sockets, the resolver and the clock bring is handed to the engine, one
 * after the other. */
#include "host/parts.h"

/* An input that finds no memory is lost like a packet: its sender sends it again or gives up. */
static void given(int error)
{
    (void)error;
}

static time_ns deadline(const struct host *h, time_ns until)
{
    time_ns at = time_min(until, engine_deadline(h->engine));
    return time_min(at, tcp_deadline(&h->tcp));
}

static bool has_waiting(const struct host *h)
{
    return h->dues.n > 0 || tcp_has_parked(&h->tcp) || (h->dns && net_dns_has_answer(h->dns, 0));
}

void host_wait(struct host *h, time_ns until)
{
    h->now = net_clock_now(&h->clock);
    host_write(h);
    bell_asleep(&h->bell);
    time_ns at = has_waiting(h) ? h->now : deadline(h, until);
    h->n_events = loop_wait(&h->loop, h->now, at, h->events);
    bell_awake(&h->bell);
    h->at_event = 0;
    h->timed = false;
    h->now = net_clock_now(&h->clock);
    tcp_turn(&h->tcp);
}

/* --- datagrams --- */

static struct flow flow_of(const struct host *h, unsigned listener, const struct addr *remote)
{
    return (struct flow){.transport = TRANSPORT_UDP,
                         .listener = (uint8_t)listener,
                         .local = h->listen.list[listener].addr,
                         .remote = *remote};
}

/* False: there is none. */
static bool take_datagram(struct host *h)
{
    struct udp_in in;
    if (!udp_next(h->area, &in))
        return false;
    struct flow f = flow_of(h, h->udp_listener, &in.remote);
    host_show(h, "<-", TRANSPORT_UDP, &in.remote, in.bytes);
    given(engine_datagram(h->engine, &f, in.bytes, h->now));
    return true;
}

static bool take_unreachable(struct host *h)
{
    struct addr remote;
    for (unsigned i = 0; i < h->n_open; i++)
        if (h->listen.list[i].transport == TRANSPORT_UDP &&
            udp_unreachable(&h->listeners[i].udp, &remote)) {
            struct flow f = flow_of(h, i, &remote);
            given(engine_unreachable(h->engine, &f, h->now));
            return true;
        }
    return false;
}

static void take_udp(struct host *h, unsigned listener, const struct loop_event *e)
{
    struct udp *u = &h->listeners[listener].udp;
    udp_ready(u, e);
    if (!e->readable)
        return;
    (void)udp_receive(u, h->area);
    h->udp_listener = listener;
}

/* --- streams --- */

static bool take_connection(struct host *h, unsigned listener)
{
    struct tcp_accepted a;
    uint8_t transport = h->listen.list[listener].transport;
    const struct tcp_layers layers = {.tls = transport_is_secure(transport)};
    if (!tcp_accept(&h->tcp, h->listeners[listener].fd, &a))
        return false;
    const struct flow f = {.transport = transport,
                           .listener = (uint8_t)listener,
                           .local = a.local,
                           .remote = a.remote};
    conn_id id = engine_accepted(h->engine, &f, h->now);
    if (!id)
        tcp_refuse(&a);
    else if (tcp_add(&h->tcp, &a, id, &layers, h->now) != OK)
        given(engine_closed(h->engine, id, h->now));
    return true;
}

static void take_bytes(struct host *h, const struct tcp_news *news)
{
    struct flow f = {0};
    uint64_t before = engine_stats(h->engine)->received;
    (void)engine_conn_flow(h->engine, news->conn, &f);
    host_show(h, "<-", f.transport, tcp_remote(&h->tcp, news->conn), news->bytes);
    given(engine_stream(h->engine, news->conn, news->bytes, h->now));
    if (engine_stats(h->engine)->received > before)
        tcp_proven(&h->tcp, news->conn, h->now);
}

/* Without memory for them its names do not count. */
static void identify(struct host *h, conn_id conn)
{
    char names[LIMIT_TLS_NAMES_BYTES];
    struct buf b;
    buf_init(&b, names, sizeof names);
    tcp_peer_names(&h->tcp, conn, &b);
    given(engine_identify(h->engine, conn, buf_str(&b)));
}

/* False: nothing came of it. */
static bool take_news(struct host *h, enum tcp_result result)
{
    const struct tcp_news *news = &h->news;
    if (result == TCP_NOTHING)
        return false;
    if (result == TCP_CONNECTED)
        given(engine_connected(h->engine, news->conn, &news->local, h->now));
    if (result != TCP_BYTES)
        identify(h, news->conn);
    h->has_news = news->bytes.len > 0;
    return true;
}

static bool take_rest(struct host *h)
{
    if (!h->has_news)
        return false;
    h->has_news = false;
    take_bytes(h, &h->news);
    return true;
}

static bool take_parked(struct host *h)
{
    enum tcp_result result;
    while (tcp_parked(&h->tcp, h->now, &result, &h->news))
        if (take_news(h, result))
            return true;
    return false;
}

/* --- from beside --- */

static bool take_due(struct host *h)
{
    struct due due;
    if (!dues_pop(&h->dues, &due))
        return false;
    if (due.kind == DUE_CLOSED)
        given(engine_closed(h->engine, due.conn, h->now));
    else
        given(engine_resolved(h->engine, due.query, STR_NONE, h->now));
    return true;
}

static bool take_answer(struct host *h)
{
    struct net_dns_answer a;
    if (!h->dns || !net_dns_answer(h->dns, 0, &a))
        return false;
    given(engine_resolved(h->engine, a.query, (struct str){a.bytes, a.len}, h->now));
    net_dns_done(h->dns, &a);
    return true;
}

static bool take_time(struct host *h)
{
    if (h->timed)
        return false;
    h->timed = true;
    if (tcp_deadline(&h->tcp) <= h->now)
        tcp_expire(&h->tcp, h->now);
    if (engine_deadline(h->engine) > h->now)
        return false;
    given(engine_time(h->engine, h->now));
    return true;
}

/* Writing may find that a connection has ended. */
static bool take_gone(struct host *h)
{
    host_write(h);
    conn_id conn = tcp_gone(&h->tcp);
    if (!conn)
        return false;
    given(engine_closed(h->engine, conn, h->now));
    return true;
}

/* True: the engine was given something. */
static bool take_event(struct host *h, const struct loop_event *e)
{
    if (LOOP_IS_CONN(e->token))
        return take_news(h, tcp_ready(&h->tcp, e, h->now, &h->news));
    switch (LOOP_KIND(e->token)) {
    case TOKEN_UDP:
        take_udp(h, LOOP_INDEX(e->token), e);
        return false;
    case TOKEN_LISTENER: /* level-triggered: the next one is there at the next turn */
        return take_connection(h, LOOP_INDEX(e->token));
    case TOKEN_BELL:
        bell_hush(&h->bell);
        return false;
    }
    return false;
}

static bool take_pending(struct host *h)
{
    return take_rest(h) || take_due(h) || take_datagram(h) || take_answer(h) || take_parked(h);
}

enum host_step host_step(struct host *h, struct loop_event *other)
{
    do {
        if (take_pending(h))
            return HOST_INPUT;
        if (h->at_event < h->n_events) {
            *other = h->events[h->at_event++];
            if (!LOOP_IS_CONN(other->token) && LOOP_KIND(other->token) >= HOST_KINDS)
                return HOST_OTHER;
            if (take_event(h, other))
                return HOST_INPUT;
        } else if (take_time(h) || take_unreachable(h) || take_gone(h)) {
            return HOST_INPUT;
        } else {
            return HOST_DONE;
        }
    } while (true);
}
