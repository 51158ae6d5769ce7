/* Capture agents that send HEP to us: their datagrams, or their streams cut into packets. Knows
 * nothing of what is in a packet. */
#ifndef TANDEM_TOOLS_TRACE_AGENTS_H
#define TANDEM_TOOLS_TRACE_AGENTS_H

#include "base/limits.h"
#include "host/listen.h"
#include "net/clock.h"
#include "net/tcp.h"
#include "net/udp.h"

/* One that has connected. */
struct trace_agent {
    conn_id conn;
    char *in; /* what has come and was not taken yet */
    size_t len;
};

struct trace_agents {
    struct net_clock clock;
    struct loop loop;
    struct block_pool blocks;
    struct udp_area *area;
    struct udp udp; /* fd -1: they come by streams */
    struct tcp tcp;
    int listener;
    uint64_t conns; /* ever */
    struct trace_agent agents[LIMIT_TRACE_AGENTS];
    struct loop_event events[LOOP_EVENTS];
    unsigned n_events, event;   /* which is the next */
    struct trace_agent *speaks; /* whose bytes may hold a packet; NULL: nobody's */
    size_t told;                /* bytes of it that were handed out */
    uint64_t broken;            /* connections that brought something else than HEP */
};

/* Listens; the port is filled in where it was 0. 0 or an errno value, and nothing to close. */
MUST_USE int trace_agents_open(struct trace_agents *, struct listen_at *);
void trace_agents_close(struct trace_agents *);

/* The next packet, borrowed until the next call, and when it came; false: none is there now. */
bool trace_agents_next(struct trace_agents *, struct str *packet, int64_t *at);
/* Until one may be there, a signal came or so many milliseconds have passed. */
void trace_agents_wait(struct trace_agents *, unsigned ms);

#endif
