/* Sockets of capture agents. What came is handed out packet by packet before more is taken. */
#include "tools/trace_agents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/hep.h"
#include "net/socket.h"

#define KEPT_BLOCKS 64
#define PACKET_MOST 65535 /* its length has 16 bits */
#define AGENT_ROOM ((size_t)2 * PACKET_MOST)

enum { TOKEN_DATAGRAMS = 1, TOKEN_LISTENER };

static time_ns now_of(const struct trace_agents *a)
{
    return net_clock_now(&a->clock);
}

static int listen_for_datagrams(struct trace_agents *a, struct listen_at *at)
{
    int fd, error = socket_udp(&at->addr, false, &fd);

    if (error)
        return error;
    return udp_init(&a->udp, fd, &a->loop, LOOP_TOKEN(TOKEN_DATAGRAMS, 0), &mem_libc, &a->blocks)
               ? ENOMEM
               : 0;
}

static int listen_for_streams(struct trace_agents *a, struct listen_at *at)
{
    int error = socket_tcp_listener(&at->addr, false, &a->listener);

    return error ? error
                 : loop_add(&a->loop, a->listener, LOOP_TOKEN(TOKEN_LISTENER, 0), LOOP_READ);
}

int trace_agents_open(struct trace_agents *a, struct listen_at *at)
{
    *a = (struct trace_agents){
        .loop = {.epoll = -1, .alarm = -1}, .udp = {.fd = -1}, .listener = -1};
    net_clock_init(&a->clock);
    block_pool_init(&a->blocks, &mem_libc, KEPT_BLOCKS);
    a->area = udp_area_new(&mem_libc);
    int error = a->area ? loop_init(&a->loop) : ENOMEM;

    if (!error && tcp_init(&a->tcp, &a->loop, &mem_libc, &a->blocks) != OK)
        error = ENOMEM;
    if (!error)
        error = at->transport == TRANSPORT_UDP ? listen_for_datagrams(a, at)
                                               : listen_for_streams(a, at);
    if (error)
        trace_agents_close(a);
    return error;
}

void trace_agents_close(struct trace_agents *a)
{
    for (unsigned i = 0; i < LIMIT_TRACE_AGENTS; i++)
        free(a->agents[i].in);
    if (a->udp.fd >= 0)
        udp_fini(&a->udp);
    if (a->listener >= 0)
        close(a->listener);
    if (a->tcp.mem)
        tcp_fini(&a->tcp);
    udp_area_free(a->area);
    loop_fini(&a->loop);
    block_pool_fini(&a->blocks);
}

/* --- streams --- */

/* NULL: there is none. 0 finds a place for a new one. */
static struct trace_agent *agent_of(struct trace_agents *a, conn_id id)
{
    for (unsigned i = 0; i < LIMIT_TRACE_AGENTS; i++)
        if (a->agents[i].conn == id)
            return &a->agents[i];
    return NULL;
}

static void forget(struct trace_agent *g)
{
    free(g->in);
    *g = (struct trace_agent){0};
}

static void let_in(struct trace_agents *a)
{
    struct trace_agent *g = agent_of(a, 0);
    struct tcp_accepted accepted;

    if (!tcp_accept(&a->tcp, a->listener, &accepted))
        return;
    char *in = g ? malloc(AGENT_ROOM) : NULL;

    if (!in) {
        tcp_refuse(&accepted);
        return;
    }
    *g = (struct trace_agent){.conn = ++a->conns, .in = in};
    if (tcp_add(&a->tcp, &accepted, g->conn, &(struct tcp_layers){0}, now_of(a)) != OK)
        forget(g);
}

static void end(struct trace_agents *a, struct trace_agent *g)
{
    tcp_end(&a->tcp, g->conn, now_of(a));
    forget(g);
    a->speaks = NULL;
}

static void take_bytes(struct trace_agents *a, const struct loop_event *event)
{
    struct tcp_news news;
    enum tcp_result result = tcp_ready(&a->tcp, event, now_of(a), &news);
    struct trace_agent *g = result == TCP_BYTES ? agent_of(a, news.conn) : NULL;

    if (!g)
        return;
    if (g->len + news.bytes.len > AGENT_ROOM) {
        a->broken++;
        end(a, g);
        return;
    }
    memcpy(g->in + g->len, news.bytes.at, news.bytes.len);
    g->len += news.bytes.len;
    tcp_proven(&a->tcp, g->conn, now_of(a));
    a->speaks = g;
}

/* The next whole packet of who speaks. */
static bool next_of_stream(struct trace_agents *a, struct str *packet)
{
    struct trace_agent *g = a->speaks;
    struct str rest = {g->in + a->told, g->len - a->told};
    size_t len = hep_length(rest);

    if (len == SIZE_MAX) {
        a->broken++;
        a->told = 0;
        end(a, g);
        return false;
    }
    if (len > 0) {
        *packet = str_slice(rest, 0, len);
        a->told += len;
        return true;
    }
    memmove(g->in, g->in + a->told, rest.len);
    g->len = rest.len;
    a->told = 0;
    a->speaks = NULL;
    return false;
}

/* --- what is ready --- */

static void take_event(struct trace_agents *a, const struct loop_event *event)
{
    if (LOOP_IS_CONN(event->token)) {
        take_bytes(a, event);
    } else if (LOOP_KIND(event->token) == TOKEN_LISTENER) {
        let_in(a);
    } else {
        udp_ready(&a->udp, event);
        (void)udp_receive(&a->udp, a->area);
    }
}

static void forget_gone(struct trace_agents *a)
{
    conn_id gone;

    tcp_expire(&a->tcp, now_of(a));
    while ((gone = tcp_gone(&a->tcp)) != 0) {
        struct trace_agent *g = agent_of(a, gone);

        if (g)
            forget(g);
    }
}

static void wait_until(struct trace_agents *a, time_ns until)
{
    if (a->event < a->n_events)
        return;
    forget_gone(a);
    a->n_events = loop_wait(&a->loop, now_of(a), until, a->events);
    a->event = 0;
}

void trace_agents_wait(struct trace_agents *a, unsigned ms)
{
    wait_until(a, now_of(a) + ms * NS_PER_MS);
}

bool trace_agents_next(struct trace_agents *a, struct str *packet, int64_t *at)
{
    struct udp_in in;

    *at = (int64_t)now_of(a);
    for (;;) {
        if (a->speaks && next_of_stream(a, packet))
            return true;
        if (udp_next(a->area, &in)) {
            *packet = in.bytes;
            return true;
        }
        if (a->event == a->n_events)
            wait_until(a, 0);
        if (a->event == a->n_events)
            return false;
        take_event(a, &a->events[a->event++]);
    }
}
