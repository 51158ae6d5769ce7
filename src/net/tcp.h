/* Streams of one worker: accepted and connecting connections by their conn_id, what waits to be
 * written to each, and their limits of time. What ended is told by tcp_gone; nothing is called
 * back. */
#ifndef TANDEM_NET_TCP_H
#define TANDEM_NET_TCP_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/block.h"
#include "base/flow.h"
#include "base/list.h"
#include "base/map.h"
#include "net/loop.h"
#include "net/outq.h"

enum tcp_phase {
    TCP_CONNECTING, /* LIMIT_TCP_CONNECT_S since its start */
    TCP_SILENT,     /* accepted, no whole message yet: LIMIT_TCP_SILENT_S since it was accepted */
    TCP_OPEN,       /* LIMIT_TCP_IDLE_S since the last bytes either way */
    TCP_ENDING, /* ended by us: LIMIT_TCP_LINGER_S to write what waits and to see the peer's end */
    TCP_DEAD,   /* closed; waits to be told by tcp_gone */
    TCP_N_PHASES
};

struct tcp {
    struct mem *mem;
    struct block_pool *blocks;
    struct loop *loop;
    struct map conns;
    struct list phases[TCP_N_PHASES]; /* in the order of their deadlines */
    struct list dirty;                /* to be written at the next flush */
    int spare; /* a descriptor given up to accept, and so to close, one more connection when there
                  is none left */
    char *area;
    unsigned n_silent; /* connections that have not brought a message yet */
    uint64_t refused;  /* connections closed for want of descriptors */
};

/* ERR_NOMEM, or ERR_LIMIT where there is no descriptor. */
MUST_USE int tcp_init(struct tcp *t, struct loop *loop, struct mem *mem, struct block_pool *blocks);
/* Closes every connection. */
void tcp_fini(struct tcp *t);
size_t tcp_count(const struct tcp *t);

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
/* Takes over an accepted connection under this id. Where this fails (ERR_NOMEM, ERR_LIMIT) the
 * connection is closed and not known. */
MUST_USE int tcp_add(struct tcp *t, const struct tcp_accepted *a, conn_id id, time_ns now);
/* Begins to connect from `local`'s address (any port). ERR_NOMEM, ERR_LIMIT, ERR_NO_ROUTE: there
 * will be no such connection and nothing more is told of it. */
MUST_USE int tcp_connect(struct tcp *t, conn_id id, const struct addr *local,
                         const struct addr *remote, time_ns now);

enum tcp_result { TCP_NOTHING, TCP_CONNECTED, TCP_BYTES };
/* An event whose token is this connection's id; `bytes` is valid until the next call, `local` with
 * TCP_CONNECTED. Look at tcp_gone afterwards. */
enum tcp_result tcp_ready(struct tcp *t, const struct loop_event *e, time_ns now, struct str *bytes,
                          struct addr *local);
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
