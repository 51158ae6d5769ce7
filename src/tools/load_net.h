/* The sockets of a load: those of who begins sessions and of who answers them. Datagrams, streams
 * and WebSockets; knows no scenario. */
#ifndef TANDEM_TOOLS_LOAD_NET_H
#define TANDEM_TOOLS_LOAD_NET_H

#include "load/load.h"
#include "msg/frame.h"
#include "net/clock.h"
#include "net/loop.h"
#include "net/tcp.h"
#include "tools/load_ports.h"

enum load_end { LOAD_CALLER, LOAD_CALLEE, N_LOAD_ENDS };

/* A socket, or a connection, by the number that the load knows it by. */
struct net_link {
    struct udp udp; /* fd -1: a connection */
    conn_id conn;   /* 0: it is closed */
    struct frame frame;
    char *in; /* what has come and is no whole message yet */
    size_t len, cap;
    struct flow flow;
};

struct net_end {
    struct load *load; /* whom messages are for; NULL: nobody */
    struct net_link *links[LIMIT_LOAD_LINKS];
    unsigned n_links, n_up;
    int listener; /* of streams; -1: none */
    uint8_t transport;
    struct addr local; /* of the listener */
};

struct load_net {
    struct mem *mem;
    struct net_clock clock;
    time_ns now;
    struct loop loop;
    struct udp_area *area;
    struct block_pool blocks;
    struct tcp tcp;
    struct str path; /* of the WebSockets that are opened */
    struct net_end ends[N_LOAD_ENDS];
    bool separate;
    struct load_ports ports; /* of RTP */
    uint64_t conns;          /* ever */
    uint64_t refused;        /* connections that could not be made, or broke */
};

struct net_config {
    const char *ca, *certificate;
    bool trust_all, secure;
    struct str path; /* of WebSockets; empty: "/" */
    bool separate;   /* every datagram passes the kernel by itself */
};

/* False: `what` says why. load_net_free in any case. */
MUST_USE bool load_net_init(struct load_net *, struct mem *, const struct net_config *, char *what,
                            size_t size);
void load_net_free(struct load_net *);

/* `n` sockets from `local` on (port 0: free ones), or as many connections to `remote`. They are
 * links of `load`, in their order. */
MUST_USE bool load_net_open(struct load_net *, enum load_end, struct load *, uint8_t transport,
                            const struct addr *local, const struct addr *remote, unsigned n,
                            struct str name, char *what, size_t size);
/* Whoever connects becomes a link. */
MUST_USE bool load_net_listen(struct load_net *, enum load_end, struct load *, uint8_t transport,
                              struct addr *local, char *what, size_t size);
/* `n` more ports for RTP at this address. */
MUST_USE bool load_net_open_ports(struct load_net *, const struct addr *at, unsigned n, char *what,
                                  size_t size);
/* The sockets that are open serve another load from now on. */
MUST_USE bool load_net_hand_over(struct load_net *, enum load_end, struct load *);
/* All connections that were asked for stand. */
bool load_net_is_up(const struct load_net *, enum load_end);

/* Why one could not be made, for people. */
const char *load_net_why(struct load_net *);

/* Waits for what comes, at most until then, and hands it to the loads. Reads the clock. */
void load_net_wait(struct load_net *, time_ns until);
/* Sends what the loads want sent. */
void load_net_drain(struct load_net *);
void load_net_flush(struct load_net *);

#endif
