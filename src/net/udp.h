/* Datagrams in batches: one socket, what waits to leave by it, and what could not be reached. */
#ifndef TANDEM_NET_UDP_H
#define TANDEM_NET_UDP_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/block.h"
#include "net/loop.h"

#define UDP_BATCH 64
#define UDP_LOST_KEPT 32

struct udp_in {
    struct addr remote;
    struct str bytes;
};

/* Where a worker's sockets read into, one after the other. */
struct udp_area;
/* NULL: no memory. */
struct udp_area *udp_area_new(struct mem *mem);
void udp_area_free(struct udp_area *a);

struct udp_out {
    struct addr remote;
    struct block *bytes;
    uint32_t order;
};

struct udp {
    int fd;
    uint64_t token;
    struct loop *loop;
    struct mem *mem;
    struct block_pool *blocks;
    struct udp_out *queue; /* LIMIT_UDP_QUEUE, circular */
    uint32_t head, n;
    bool blocked; /* the kernel's buffer is full: writability is awaited */
    bool merges;  /* udp_merge */
    bool hurries; /* udp_hurry */
    bool alone;   /* nothing can leave merged, as it turned out */
    struct addr lost[UDP_LOST_KEPT];
    unsigned n_lost;
    uint64_t dropped; /* datagrams that found the queue full */
};

/* Takes `fd` (socket_udp) and closes it in the end, also where this fails (ERR_NOMEM, ERR_LIMIT).
 */
MUST_USE int udp_init(struct udp *u, int fd, struct loop *loop, uint64_t token, struct mem *mem,
                      struct block_pool *blocks);
void udp_fini(struct udp *u);

/* From now on datagrams of one size to one destination go through the kernel as one (UDP_SEGMENT),
 * and those that came so are read as one (UDP_GRO), where it can do that: on the wire they are what
 * they were. Who captures on this machine sees them before they are taken apart. */
void udp_merge(struct udp *u);

/* While it hurries, what leaves is merged, too: it costs less, and the wire does not show it. */
void udp_hurry(struct udp *u, bool hurries);

/* Reads what there is, at most UDP_BATCH times. False: there may be more. What was read is taken by
 * udp_next until the area's next use. */
bool udp_receive(struct udp *u, struct udp_area *a);
/* The next datagram of what was read. False: that was all. */
bool udp_next(struct udp_area *a, struct udp_in *in);

/* Bytes of the kernel's buffer that hold what has come and was not read, in parts of 256; 0, too,
 * where the kernel does not say. */
unsigned udp_backlog(const struct udp *u);

/* Queues; takes the reference. A full queue loses the datagram, counted. Where the socket merges,
 * only datagrams of the same `order` to the same destination are sure to leave in their order. */
void udp_send(struct udp *u, const struct addr *remote, struct block *bytes, uint32_t order);
/* Sends what is queued in as few system calls as it takes, as far as the kernel takes it. */
void udp_flush(struct udp *u);
/* An event for u->token. */
void udp_ready(struct udp *u, const struct loop_event *e);
/* Destinations that the kernel or an ICMP error called unreachable (RFC 3261 18.4), each once.
 * False: no more. */
bool udp_unreachable(struct udp *u, struct addr *remote);

#endif
