/* A host's life: its parts are made and freed, and its outputs done. What comes in is step.c's. */
#include "host/host.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/client_tls.h"
#include "host/parts.h"
#include "net/entropy.h"
#include "net/socket.h"

/* --- parts --- */

static int open_listener(struct host *h, unsigned i)
{
    struct listen_at *at = &h->listen.list[i];
    struct host_listener *l = &h->listeners[i];
    int fd;
    bool datagrams = at->transport == TRANSPORT_UDP;
    int error =
        datagrams ? socket_udp(&at->addr, false, &fd) : socket_tcp_listener(&at->addr, false, &fd);
    if (error)
        return error;
    h->n_open = i + 1;
    l->fd = -1;
    if (datagrams) {
        uint64_t token = LOOP_TOKEN(TOKEN_UDP, i);
        return udp_init(&l->udp, fd, &h->loop, token, h->mem, h->blocks) == OK ? 0 : ENOMEM;
    }
    l->fd = fd;
    return loop_add(&h->loop, fd, LOOP_TOKEN(TOKEN_LISTENER, i), LOOP_READ);
}

/* The engine's index of a listener is ours: both count in this order. */
static bool open_listeners(struct host *h, char *what, size_t size)
{
    for (unsigned i = 0; i < h->listen.n; i++) {
        int error = open_listener(h, i);
        const struct listen_at *at = &h->listen.list[i];
        if (!error && engine_listen(h->engine, at->transport, &at->addr, STR_NONE) != (int)i)
            error = ENOMEM;
        if (error) {
            char text[96];
            struct buf b;
            buf_init(&b, text, sizeof text);
            listen_print(&b, at);
            snprintf(what, size, "%.*s: %s", STR_ARG(buf_str(&b)), strerror(error));
            return false;
        }
    }
    return true;
}

static bool make_engine(struct host *h, const struct host_config *c)
{
    struct engine_config e = {.mem = h->mem,
                              .timers = tx_timers_default(),
                              .n_workers = 1,
                              .software = c->software,
                              .recorder = c->recorder};
    if (!entropy_seed(&e.seed) || !entropy_key(&e.call_key))
        return false;
    h->engine = engine_new(&e);
    return h->engine != NULL;
}

static bool make_parts(struct host *h, const struct host_config *c)
{
    h->bell.fd = h->loop.epoll = h->loop.alarm = -1;
    if (loop_init(&h->loop) || bell_init(&h->bell) || !make_engine(h, c))
        return false;
    h->blocks = engine_blocks(h->engine);
    h->area = udp_area_new(h->mem);
    return h->area && tcp_init(&h->tcp, &h->loop, h->mem, h->blocks) == OK &&
           loop_add(&h->loop, h->bell.fd, LOOP_TOKEN(TOKEN_BELL, 0), LOOP_READ) == 0;
}

static bool needs_tls(const struct listen_list *l)
{
    for (unsigned i = 0; i < l->n; i++)
        if (transport_is_secure(l->list[i].transport))
            return true;
    return false;
}

static bool make_tls(struct host *h, const struct host_config *c, char *what, size_t size)
{
    const struct client_tls tls = {c->certificate, c->ca, c->trust_all};
    return !needs_tls(&h->listen) || client_tls_use(&h->tcp, h->mem, &tls, what, size);
}

static bool make_names(struct host *h, char *what, size_t size)
{
    static const struct config plain; /* nothing but what the machine itself knows */
    h->names = names_read(h->mem, &plain, what, size);
    if (h->names)
        engine_hosts(h->engine, names_hosts(h->names));
    return h->names != NULL;
}

struct host *host_new(const struct host_config *c, char *what, size_t size)
{
    struct host *h = mem_alloc_zero(c->mem, sizeof *h);
    snprintf(what, size, "no memory or no descriptors");
    if (!h)
        return NULL;
    h->mem = c->mem;
    h->trace = c->trace;
    h->recorder = c->recorder;
    h->listen = *c->listen;
    net_clock_init(&h->clock);
    h->now = net_clock_now(&h->clock);
    if (make_parts(h, c) && make_tls(h, c, what, size) && make_names(h, what, size) &&
        open_listeners(h, what, size))
        return h;
    host_free(h);
    return NULL;
}

void host_write(struct host *h)
{
    for (unsigned i = 0; i < h->n_open; i++) {
        struct udp *u = &h->listeners[i].udp;
        if (h->listen.list[i].transport == TRANSPORT_UDP && u->n > 0 && !u->blocked)
            udp_flush(u);
    }
    tcp_flush(&h->tcp, h->now);
}

static void close_listeners(struct host *h)
{
    for (unsigned i = 0; i < h->n_open; i++) {
        if (h->listen.list[i].transport == TRANSPORT_UDP)
            udp_fini(&h->listeners[i].udp);
        else if (h->listeners[i].fd >= 0)
            close(h->listeners[i].fd);
    }
}

void host_free(struct host *h)
{
    if (!h)
        return;
    if (h->tcp.mem)
        host_write(h);
    net_dns_free(h->dns);
    close_listeners(h);
    if (h->tcp.mem)
        tcp_fini(&h->tcp);
    engine_free(h->engine);
    names_unref(h->names);
    udp_area_free(h->area);
    bell_fini(&h->bell);
    loop_fini(&h->loop);
    mem_free(h->mem, h, sizeof *h);
}

struct engine *host_engine(struct host *h)
{
    return h->engine;
}

time_ns host_now(const struct host *h)
{
    return h->now;
}

const struct net_clock *host_clock(const struct host *h)
{
    return &h->clock;
}

struct loop *host_loop(struct host *h)
{
    return &h->loop;
}

const struct listen_list *host_listeners(const struct host *h)
{
    return &h->listen;
}

/* --- outputs --- */

static void send_bytes(struct host *h, const struct engine_output *o)
{
    const struct flow *f = &o->flow;
    host_show(h, "->", f->transport, &f->remote, block_str(o->bytes));
    recorder_put_message(h->recorder, RECORD_SENT, f, block_str(o->bytes), h->now);
    if (f->transport == TRANSPORT_UDP)
        udp_send(&h->listeners[f->listener].udp, &f->remote, o->bytes, 0);
    else
        (void)tcp_send(&h->tcp, f->conn, o->bytes);
}

static void connect_to(struct host *h, const struct engine_output *o)
{
    const struct listen_at *from = &h->listen.list[o->flow.listener];
    const struct tcp_layers layers = {.tls = transport_is_secure(from->transport),
                                      .name = o->domain};
    if (tcp_connect(&h->tcp, o->conn, &from->addr, &o->flow.remote, &layers, h->now) != OK)
        dues_push(&h->dues, &(struct due){.kind = DUE_CLOSED, .conn = o->conn});
}

/* Who asks is made with the first question: most calls by address have none. */
static bool ask(struct host *h, const struct engine_output *o)
{
    static const struct net_dns_config plain;
    struct bell *bell = &h->bell;
    if (!h->dns)
        h->dns = net_dns_new(h->mem, &plain, 1, &bell);
    return h->dns && net_dns_ask(h->dns, 0, o->query, o->name, o->type);
}

static void act(struct host *h, const struct engine_output *o)
{
    switch (o->kind) {
    case OUTPUT_SEND:
        send_bytes(h, o);
        break;
    case OUTPUT_CONNECT:
        connect_to(h, o);
        break;
    case OUTPUT_CLOSE:
        tcp_end(&h->tcp, o->conn, h->now);
        break;
    case OUTPUT_RESOLVE:
        if (!ask(h, o))
            dues_push(&h->dues, &(struct due){.kind = DUE_UNRESOLVED, .query = o->query});
        break;
    case OUTPUT_STORE:    /* no role of a client asks for records */
    case OUTPUT_HANDOVER: /* and there is no other worker */
        break;
    }
}

void host_settle(struct host *h)
{
    struct engine_output o;
    while (!dues_is_full(&h->dues) && engine_output(h->engine, &o))
        act(h, &o);
}
