/* Streams of one worker: accepted and connecting connections by their conn_id, what waits to be
 * written to each, and their limits of time. What ended is told by tcp_gone; nothing is called
 * back. */
#ifndef TANDEM_NET_TCP_H
#define TANDEM_NET_TCP_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/block.h"
#include "base/buf.h"
#include "base/flow.h"
#include "base/list.h"
#include "base/map.h"
#include "base/rand.h"
#include "net/loop.h"
#include "net/outq.h"
#include "net/tls.h"
#include "net/ws_handshake.h"

enum tcp_phase {
    TCP_CONNECTING, /* LIMIT_TCP_CONNECT_S since its start */
    TCP_SHAKING,    /* its layers are not ready: LIMIT_TLS_HANDSHAKE_S since it stands */
    TCP_SILENT,     /* accepted, no whole message yet: LIMIT_TCP_SILENT_S since it was accepted */
    TCP_PARTIAL,    /* with WebSocket: a message has begun: LIMIT_TCP_SILENT_S for the rest of it */
    TCP_OPEN,       /* LIMIT_TCP_IDLE_S since the last bytes either way */
    TCP_ENDING, /* ended by us: LIMIT_TCP_LINGER_S to write what waits and to see the peer's end */
    TCP_DEAD,   /* closed; waits to be told by tcp_gone */
    TCP_N_PHASES
};

/* A handshake that came to nothing. */
struct tcp_failure {
    struct addr remote;
    bool accepted; /* the peer came to us */
    enum tls_cause cause;
    const char *why; /* for people; lasts */
    char name[128];  /* whom we wanted, cut; or for whom the peer asked */
};
#define TCP_FAILURES 16

/* Handshakes that have come to their end, ever. */
struct tcp_shakes {
    uint64_t full, resumed;
    uint64_t failed[N_TLS_CAUSES];
};

struct tls_sessions;

struct tcp {
    struct mem *mem;
    struct block_pool *blocks;
    struct loop *loop;
    struct map conns;
    struct list phases[TCP_N_PHASES]; /* in the order of their deadlines */
    struct list dirty;                /* to be written at the next flush */
    struct list parked;               /* wait for their turn to go on with a handshake */
    unsigned shakes;                  /* that are left for this turn */
    int spare; /* a descriptor given up to accept, and so to close, one more connection when there
                  is none left */
    char *area;
    char *plain;             /* where TLS puts plaintext; NULL until the first such connection */
    struct tls_context *tls; /* by which the next connections are made; NULL: there is no TLS */
    struct tls_sessions *sessions;
    struct ws_policy web;
    struct rand *masks; /* of WebSockets that we open; NULL until the first one */
    const char *why;    /* the last WebSocket that we opened was not let in; lasts */
    struct list webs;   /* open connections with WebSocket, the longest silent first */
    time_ns ping_every;
    struct tcp_failure failures[TCP_FAILURES];
    unsigned n_failures;
    struct tcp_shakes shaken[2]; /* with whom we connected to; with whom connected to us */
    unsigned n_silent;           /* accepted connections that have not brought a message yet */
    uint64_t refused;            /* connections closed for want of descriptors */
};

/* ERR_NOMEM, or ERR_LIMIT where there is no descriptor. */
MUST_USE int tcp_init(struct tcp *t, struct loop *loop, struct mem *mem, struct block_pool *blocks);
/* Closes every connection. */
void tcp_fini(struct tcp *t);
size_t tcp_count(const struct tcp *t);
/* From now on connections with TLS are made by this; keeps it. NULL: there are none. ERR_NOMEM: the
 * old one stays. */
MUST_USE int tcp_use_tls(struct tcp *t, struct tls_context *c);

struct tcp_accepted {
    int fd;
    struct addr local, remote;
};
/* Takes one waiting connection. False: none is left, or none can be taken now. */
bool tcp_accept(struct tcp *t, int listener, struct tcp_accepted *out);
/* This address has as many connections without a message as one may have while they are scarce
 * (LIMIT_CONNS_SILENT_OF_ONE): who opens many and sends nothing, or bit by bit, shall not keep
 * others out. */
bool tcp_has_enough(const struct tcp *t, const struct addr *remote);
/* Closes what tcp_accept gave and nobody wants. */
void tcp_refuse(const struct tcp_accepted *a);
/* What stands between a connection and its user. */
struct tcp_layers {
    bool tls;
    bool web;        /* WebSocket above the others */
    struct str name; /* of a connection that we make: the domain that the peer's certificate must be
                        of with TLS, and that a WebSocket is asked of; empty: its address */
    struct str path; /* of a WebSocket that we open: where it is; empty: "/" */
};

/* Takes over an accepted connection under this id. Where this fails (ERR_NOMEM, ERR_LIMIT;
 * ERR_INVALID: a layer that there is not) the connection is closed and not known. */
MUST_USE int tcp_add(struct tcp *t, const struct tcp_accepted *a, conn_id id,
                     const struct tcp_layers *layers, time_ns now);
/* Begins to connect from `local`'s address (any port). ERR_NOMEM, ERR_LIMIT, ERR_NO_ROUTE,
 * ERR_INVALID: there will be no such connection and nothing more is told of it. */
MUST_USE int tcp_connect(struct tcp *t, conn_id id, const struct addr *local,
                         const struct addr *remote, const struct tcp_layers *layers, time_ns now);

enum tcp_result {
    TCP_NOTHING,
    TCP_CONNECTED, /* one that we made can be used, its layers are ready; `bytes` may hold what came
                      with that */
    TCP_SECURED,   /* the same of an accepted one that has layers */
    TCP_BYTES
};
struct tcp_news {
    conn_id conn;
    struct str bytes;  /* valid until the next call */
    struct addr local; /* with TCP_CONNECTED */
};
/* An event whose token is a connection's id. Look at tcp_gone afterwards. */
enum tcp_result tcp_ready(struct tcp *t, const struct loop_event *e, time_ns now,
                          struct tcp_news *news);
/* Begins a turn of the loop: LIMIT_TLS_HANDSHAKES_TURN handshakes may go on in it. */
void tcp_turn(struct tcp *t);
/* Goes on with a handshake that had to wait for its turn. False: none waits, or none may. */
bool tcp_parked(struct tcp *t, time_ns now, enum tcp_result *result, struct tcp_news *news);
/* One waits: do not sleep. */
static inline bool tcp_has_parked(const struct tcp *t)
{
    return !list_is_empty(&t->parked);
}
/* The SIP identities (RFC 5922) of a connection's peer that its certificate has proved, a space
 * between two. */
void tcp_peer_names(const struct tcp *t, conn_id id, struct buf *out);
/* Takes one of the handshakes that failed lately. False: none is left. */
bool tcp_failure(struct tcp *t, struct tcp_failure *out);

/* --- connections with WebSocket --- */
/* Who may open one from now on; the texts are borrowed until the next call. A peer with whom
 * nothing has been exchanged for so long is sent a ping (RFC 6455 5.5.2, RFC 7118 6), which keeps
 * NATs and HTTP proxies in between from forgetting it; 0: none is. */
void tcp_use_web(struct tcp *t, const struct ws_policy *policy, time_ns ping_every);
bool tcp_is_web(const struct tcp *t, conn_id id);
enum tcp_web {
    TCP_WEB_MORE,    /* `bytes` is used up, no message is whole */
    TCP_WEB_MESSAGE, /* one came */
    TCP_WEB_ALIVE,   /* it was opened, or its peer has shown that it is there */
    TCP_WEB_OVER     /* it was not let in, broke the rules, or ends: end it */
};
struct tcp_web_news {
    struct str message; /* valid until the next call of any of these */
    const char *why;    /* of TCP_WEB_OVER: for people; NULL: as it should */
};
/* What tcp_ready's `bytes` of such a connection are; takes from their front what it has used: call
 * it until there are none left. */
enum tcp_web tcp_web_next(struct tcp *t, conn_id id, struct str *bytes, time_ns now,
                          struct tcp_web_news *news);

/* The connection has brought a whole message. */
void tcp_proven(struct tcp *t, conn_id id, time_ns now);

/* Queues; takes the reference. False: there is no such connection, or it ends because its peer does
 * not read. */
bool tcp_send(struct tcp *t, conn_id id, struct block *bytes);
/* Writes what was queued since the last flush. */
void tcp_flush(struct tcp *t, time_ns now);
/* Writes what waits, then ends. Nothing more is told of it. */
void tcp_end(struct tcp *t, conn_id id, time_ns now);

/* NULL: there is no such connection. */
const struct addr *tcp_remote(const struct tcp *t, conn_id id);
/* The connections whose far end is `wanted`, at most `max` of them. Looks at all. */
size_t tcp_list(const struct tcp *t, bool (*wanted)(void *arg, const struct addr *remote),
                void *arg, conn_id *out, size_t max);

/* Ends what is over its time. */
void tcp_expire(struct tcp *t, time_ns now);
time_ns tcp_deadline(const struct tcp *t);
/* A connection that has ended and is now forgotten; 0: none. */
conn_id tcp_gone(struct tcp *t);

#endif
