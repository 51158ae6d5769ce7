/* What the parts of a host share. */
#ifndef TANDEM_SRC_HOST_PARTS_H
#define TANDEM_SRC_HOST_PARTS_H

#include "host/dues.h"
#include "host/host.h"
#include "host/names.h"
#include "net/clock.h"
#include "net/tcp.h"
#include "net/tls_context.h"
#include "net/udp.h"

/* Kinds of LOOP_TOKEN below HOST_KINDS. */
enum { TOKEN_BELL, TOKEN_UDP, TOKEN_LISTENER };

struct host_listener {
    struct udp udp; /* UDP's */
    int fd;         /* of streams; -1: none */
};

struct host {
    struct mem *mem;
    FILE *trace;
    struct recorder *recorder;
    struct net_clock clock;
    time_ns now;
    struct loop loop;
    struct engine *engine;
    struct block_pool *blocks; /* the engine's */
    struct udp_area *area;
    struct tcp tcp;
    struct listen_list listen;
    struct host_listener listeners[LIMIT_LISTENERS];
    unsigned n_open;
    struct names *names;
    struct bell bell;
    struct net_dns *dns; /* NULL until the first question */
    struct dues dues;    /* inputs that wait until the outputs are drained */

    /* What the last wait has brought, as far as it is not taken yet. */
    struct loop_event events[LOOP_EVENTS];
    unsigned n_events, at_event;
    unsigned udp_listener; /* of what is in `area` */
    struct tcp_news news;  /* bytes of a connection that was just made */
    bool has_news;
    bool timed;
};

/* --- host.c --- */
/* Writes what was gathered. */
void host_write(struct host *);

/* --- trace.c --- */
void host_show(struct host *, const char *way, unsigned transport, const struct addr *,
               struct str text);

#endif
