/* Owns the sockets of a load: bytes in and out, connections made and lost. */
#include "tools/load_net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "host/client_tls.h"
#include "net/socket.h"

#define KEPT_BLOCKS 8192

enum { TOKEN_SOCKET = 1, TOKEN_LISTENER = 3, TOKEN_PORT = 5 }; /* the first two + the end */

/* A connection's id: how many there were before, and what it is a link of. */
static conn_id id_of(struct load_net *n, enum load_end end, unsigned link)
{
    return ++n->conns % 0xffffff << 32 | (uint64_t)end << 31 | (link + 1);
}

static enum load_end end_of(conn_id id)
{
    return id >> 31 & 1 ? LOAD_CALLEE : LOAD_CALLER;
}

static struct net_link *link_of(struct load_net *n, conn_id id)
{
    struct net_end *e = &n->ends[end_of(id)];
    unsigned at = (unsigned)(id & 0x7fffffff) - 1;
    return at < e->n_links && e->links[at]->conn == id ? e->links[at] : NULL;
}

/* --- a life --- */

bool load_net_init(struct load_net *n, struct mem *mem, const struct net_config *c, char *what,
                   size_t size)
{
    *n = (struct load_net){
        .mem = mem, .loop = {.epoll = -1, .alarm = -1}, .path = c->path, .separate = c->separate};
    for (unsigned i = 0; i < N_LOAD_ENDS; i++)
        n->ends[i].listener = -1;
    snprintf(what, size, "no memory or no descriptors");
    net_clock_init(&n->clock);
    n->now = net_clock_now(&n->clock);
    block_pool_init(&n->blocks, mem, KEPT_BLOCKS);
    n->area = udp_area_new(mem);
    if (!n->area || loop_init(&n->loop) || tcp_init(&n->tcp, &n->loop, mem, &n->blocks) != OK)
        return false;
    const struct client_tls tls = {c->certificate, c->ca, c->trust_all};
    return !c->secure || client_tls_use(&n->tcp, mem, &tls, what, size);
}

static void free_link(struct load_net *n, struct net_link *link)
{
    if (link->udp.fd >= 0)
        udp_fini(&link->udp);
    if (link->in)
        mem_free(n->mem, link->in, link->cap);
    mem_free(n->mem, link, sizeof *link);
}

void load_net_free(struct load_net *n)
{
    for (unsigned i = 0; i < N_LOAD_ENDS; i++) {
        for (unsigned k = 0; k < n->ends[i].n_links; k++)
            free_link(n, n->ends[i].links[k]);
        if (n->ends[i].listener >= 0)
            close(n->ends[i].listener);
    }
    load_ports_close(&n->ports);
    if (n->tcp.mem)
        tcp_fini(&n->tcp);
    udp_area_free(n->area);
    loop_fini(&n->loop);
    block_pool_fini(&n->blocks);
}

/* --- links --- */

static struct net_link *add_link(struct load_net *n, struct net_end *e, const struct flow *flow)
{
    struct net_link *link =
        e->n_links < LIMIT_LOAD_LINKS ? mem_alloc_zero(n->mem, sizeof *link) : NULL;
    if (!link)
        return NULL;
    link->udp.fd = -1;
    link->flow = *flow;
    frame_init(&link->frame, LIMIT_MSG_BYTES);
    e->links[e->n_links++] = link;
    return link;
}

static int open_socket(struct load_net *n, enum load_end end, struct flow *flow)
{
    struct net_end *e = &n->ends[end];
    int fd, error = socket_udp(&flow->local, false, &fd);
    if (error)
        return error;
    struct net_link *link = add_link(n, e, flow);
    if (!link) {
        close(fd);
        return ENOMEM;
    }
    e->n_up++;
    if (udp_init(&link->udp, fd, &n->loop, LOOP_TOKEN(TOKEN_SOCKET + end, e->n_links - 1), n->mem,
                 &n->blocks) != OK)
        return ENOMEM;
    if (!n->separate)
        udp_merge(&link->udp);
    return 0;
}

static struct tcp_layers layers_of(unsigned transport)
{
    return (struct tcp_layers){.tls = transport_is_secure(transport),
                               .web = transport_is_web(transport)};
}

static int open_connection(struct load_net *n, enum load_end end, struct flow *flow,
                           struct str name)
{
    struct net_end *e = &n->ends[end];
    struct net_link *link = add_link(n, e, flow);
    struct tcp_layers layers = layers_of(flow->transport);
    layers.name = name;
    layers.path = n->path;
    if (!link)
        return ENOMEM;
    link->conn = id_of(n, end, e->n_links - 1);
    return tcp_connect(&n->tcp, link->conn, &flow->local, &flow->remote, &layers, n->now) == OK
               ? 0
               : EHOSTUNREACH;
}

bool load_net_open(struct load_net *n, enum load_end end, struct load *load, uint8_t transport,
                   const struct addr *local, const struct addr *remote, unsigned count,
                   struct str name, char *what, size_t size)
{
    struct net_end *e = &n->ends[end];
    e->load = load;
    e->transport = transport;
    for (unsigned i = 0; i < count; i++) {
        struct flow flow = {.transport = transport, .local = *local, .remote = *remote};
        if (flow.local.port)
            flow.local.port = (uint16_t)(flow.local.port + i);
        int error = transport == TRANSPORT_UDP ? open_socket(n, end, &flow)
                                               : open_connection(n, end, &flow, name);
        if (!error && load_link(load, &flow) != (int)i)
            error = ENOMEM;
        if (error) {
            snprintf(what, size, "%s", strerror(error));
            return false;
        }
        if (transport != TRANSPORT_UDP)
            load_link_down(load, i, n->now);
    }
    return true;
}

bool load_net_listen(struct load_net *n, enum load_end end, struct load *load, uint8_t transport,
                     struct addr *local, char *what, size_t size)
{
    struct net_end *e = &n->ends[end];
    struct flow flow = {.transport = transport, .local = *local};
    int error;
    e->load = load;
    e->transport = transport;
    if (transport == TRANSPORT_UDP) {
        error = open_socket(n, end, &flow);
        if (!error && load_link(load, &flow) != 0)
            error = ENOMEM;
    } else {
        error = socket_tcp_listener(&flow.local, false, &e->listener);
        if (!error)
            error = loop_add(&n->loop, e->listener, LOOP_TOKEN(TOKEN_LISTENER + end, 0), LOOP_READ);
    }
    *local = e->local = flow.local;
    snprintf(what, size, "%s", strerror(error));
    return error == 0;
}

bool load_net_open_ports(struct load_net *n, const struct addr *at, unsigned count, char *what,
                         size_t size)
{
    int error = 0;
    for (unsigned i = 0; i < count && !error; i++)
        error =
            load_ports_open(&n->ports, at, !n->separate, &n->loop, TOKEN_PORT, n->mem, &n->blocks);
    if (error)
        snprintf(what, size, "%s", strerror(error));
    return !error;
}

bool load_net_hand_over(struct load_net *n, enum load_end end, struct load *load)
{
    struct net_end *e = &n->ends[end];
    e->load = load;
    for (unsigned i = 0; load && i < e->n_links; i++) {
        if (load_link(load, &e->links[i]->flow) != (int)i)
            return false;
        if (e->links[i]->udp.fd < 0 && !e->links[i]->conn)
            load_link_down(load, i, n->now);
    }
    return true;
}

bool load_net_is_up(const struct load_net *n, enum load_end end)
{
    return n->ends[end].n_up == n->ends[end].n_links;
}

const char *load_net_why(struct load_net *n)
{
    struct tcp_failure f;
    return tcp_failure(&n->tcp, &f) ? f.why : n->tcp.why ? n->tcp.why : "nobody answers there";
}

/* --- datagrams --- */

static void receive_datagrams(struct load_net *n, struct net_end *e, unsigned at)
{
    struct udp_in in;
    (void)udp_receive(&e->links[at]->udp, n->area);
    n->now = net_clock_now(&n->clock);
    while (udp_next(n->area, &in)) {
        if (e->load && in.bytes.len > 4)
            load_receive(e->load, at, &in.remote, in.bytes, n->now);
        load_net_drain(n);
    }
}

static void take_socket(struct load_net *n, struct net_end *e, const struct loop_event *event)
{
    unsigned at = LOOP_INDEX(event->token);
    struct udp *u = &e->links[at]->udp;
    struct addr remote;
    udp_ready(u, event);
    if (event->readable)
        receive_datagrams(n, e, at);
    while (udp_unreachable(u, &remote))
        if (e->load)
            load_unreachable(e->load, &remote, n->now);
}

/* --- streams --- */

static bool make_room(struct load_net *n, struct net_link *link, size_t more)
{
    size_t cap = link->cap ? link->cap : 4096;
    while (cap < link->len + more)
        cap *= 2;
    if (cap == link->cap)
        return true;
    char *in = mem_alloc(n->mem, cap);
    if (!in)
        return false;
    if (link->in) {
        memcpy(in, link->in, link->len);
        mem_free(n->mem, link->in, link->cap);
    }
    link->in = in;
    link->cap = cap;
    return true;
}

static void close_link(struct load_net *n, struct net_end *e, unsigned at)
{
    struct net_link *link = e->links[at];
    tcp_end(&n->tcp, link->conn, n->now);
    link->conn = 0;
    link->len = 0;
    e->n_up--;
    n->refused++;
    if (e->load)
        load_link_down(e->load, at, n->now);
}

/* RFC 5626 4.4.1 */
static void pong(struct load_net *n, const struct net_link *link)
{
    struct block *b = block_new(&n->blocks, 2);
    if (!b)
        return;
    memcpy(b->bytes, "\r\n", 2);
    b->len = 2;
    (void)tcp_send(&n->tcp, link->conn, b);
}

/* False: the stream cannot go on. */
static bool take_messages(struct load_net *n, struct net_end *e, struct net_link *link, unsigned at)
{
    size_t from = 0, skip = 0, len = 0;
    unsigned status;
    for (;;) {
        struct str rest = {link->in + from, link->len - from};
        enum frame_result result = frame_next(&link->frame, rest, &skip, &len, &status);
        from += skip;
        if (result == FRAME_MORE)
            break;
        if (result == FRAME_BAD)
            return false;
        if (result == FRAME_PING)
            pong(n, link);
        else if (e->load)
            load_receive(e->load, at, &link->flow.remote, (struct str){link->in + from, len},
                         n->now);
        from += len;
        load_net_drain(n);
        if (!link->conn)
            return true;
    }
    memmove(link->in, link->in + from, link->len - from);
    link->len -= from;
    return true;
}

/* RFC 7118 5: each message of a WebSocket is one of SIP, or keeps the connection alive. */
static void take_web(struct load_net *n, struct net_end *e, struct net_link *link, unsigned at,
                     struct str bytes)
{
    struct tcp_web_news news;
    while (bytes.len > 0 && link->conn) {
        enum tcp_web what = tcp_web_next(&n->tcp, link->conn, &bytes, n->now, &news);
        if (what == TCP_WEB_OVER) {
            close_link(n, e, at);
            return;
        }
        if (what == TCP_WEB_MESSAGE && e->load && news.message.len > 4) {
            tcp_proven(&n->tcp, link->conn, n->now);
            load_receive(e->load, at, &link->flow.remote, news.message, n->now);
        }
        load_net_drain(n);
    }
}

static void take_bytes(struct load_net *n, struct net_end *e, struct net_link *link, unsigned at,
                       struct str bytes)
{
    if (bytes.len == 0)
        return;
    if (tcp_is_web(&n->tcp, link->conn)) {
        take_web(n, e, link, at, bytes);
        return;
    }
    bool good = make_room(n, link, bytes.len);
    if (good) {
        memcpy(link->in + link->len, bytes.at, bytes.len);
        link->len += bytes.len;
        tcp_proven(&n->tcp, link->conn, n->now);
        good = take_messages(n, e, link, at);
    }
    if (!good && link->conn)
        close_link(n, e, at);
}

/* A connection's own address is told once it stands, which with TLS is before it can be used. */
static void take_news(struct load_net *n, enum tcp_result result, const struct tcp_news *news)
{
    struct net_end *e = &n->ends[end_of(news->conn)];
    struct net_link *link = link_of(n, news->conn);
    unsigned at = (unsigned)(news->conn & 0x7fffffff) - 1;
    n->now = net_clock_now(&n->clock);
    if (link && news->local.family != ADDR_NONE)
        link->flow.local = news->local;
    if (!link || result == TCP_NOTHING)
        return;
    if (result == TCP_CONNECTED) {
        e->n_up++;
        if (e->load)
            load_link_up(e->load, at, &link->flow);
    }
    take_bytes(n, e, link, at, news->bytes);
}

static void take_connection(struct load_net *n, const struct loop_event *event)
{
    struct tcp_news news;
    enum tcp_result result = tcp_ready(&n->tcp, event, n->now, &news);
    take_news(n, result, &news);
}

static void forget_gone(struct load_net *n)
{
    conn_id id;
    while ((id = tcp_gone(&n->tcp))) {
        struct net_end *e = &n->ends[end_of(id)];
        struct net_link *link = link_of(n, id);
        unsigned at = (unsigned)(id & 0x7fffffff) - 1;
        if (!link)
            continue;
        link->conn = 0;
        e->n_up -= e->n_up > 0;
        n->refused++;
        if (e->load)
            load_link_down(e->load, at, n->now);
    }
}

static void accept_all(struct load_net *n, enum load_end end)
{
    struct net_end *e = &n->ends[end];
    struct tcp_accepted a;
    struct tcp_layers layers = layers_of(e->transport);
    while (tcp_accept(&n->tcp, e->listener, &a)) {
        struct flow flow = {.transport = e->transport, .local = e->local, .remote = a.remote};
        struct net_link *link = add_link(n, e, &flow);
        if (!link || !e->load || load_link(e->load, &flow) != (int)e->n_links - 1) {
            tcp_refuse(&a);
            continue;
        }
        link->conn = id_of(n, end, e->n_links - 1);
        e->n_up++;
        if (tcp_add(&n->tcp, &a, link->conn, &layers, n->now) != OK)
            close_link(n, e, e->n_links - 1);
    }
}

/* --- in and out --- */

static void take(struct load_net *n, const struct loop_event *event)
{
    if (LOOP_IS_CONN(event->token)) {
        take_connection(n, event);
        return;
    }
    unsigned kind = LOOP_KIND(event->token);
    if (kind == TOKEN_PORT)
        load_ports_ready(&n->ports, n->area, event, n->now);
    else if (kind >= TOKEN_LISTENER)
        accept_all(n, (enum load_end)(kind - TOKEN_LISTENER));
    else
        take_socket(n, &n->ends[kind - TOKEN_SOCKET], event);
}

void load_net_wait(struct load_net *n, time_ns until)
{
    struct loop_event events[LOOP_EVENTS];
    enum tcp_result result;
    struct tcp_news news;
    until = time_min(until, time_min(tcp_deadline(&n->tcp), load_ports_deadline(&n->ports)));
    until = tcp_has_parked(&n->tcp) ? n->now : until;
    unsigned count = loop_wait(&n->loop, n->now, until, events);
    n->now = net_clock_now(&n->clock);
    tcp_turn(&n->tcp);
    for (unsigned i = 0; i < count; i++)
        take(n, &events[i]);
    while (tcp_parked(&n->tcp, n->now, &result, &news))
        take_news(n, result, &news);
    tcp_expire(&n->tcp, n->now);
    forget_gone(n);
    load_ports_send(&n->ports, n->now);
}

static void send_one(struct load_net *n, struct net_end *e, struct load_output *o)
{
    struct net_link *link = e->links[o->link];
    if (link->udp.fd >= 0) {
        udp_send(&link->udp, &o->remote, o->bytes, o->order);
        return;
    }
    if (!link->conn || !tcp_send(&n->tcp, link->conn, o->bytes))
        n->refused++;
}

void load_net_drain(struct load_net *n)
{
    struct load_output o;
    for (unsigned i = 0; i < N_LOAD_ENDS; i++)
        while (n->ends[i].load && load_output(n->ends[i].load, &o))
            send_one(n, &n->ends[i], &o);
}

void load_net_flush(struct load_net *n)
{
    for (unsigned i = 0; i < N_LOAD_ENDS; i++)
        for (unsigned k = 0; k < n->ends[i].n_links; k++) {
            struct udp *u = &n->ends[i].links[k]->udp;
            if (u->fd >= 0 && u->n > 0 && !u->blocked)
                udp_flush(u);
        }
    tcp_flush(&n->tcp, n->now);
}
