/* The sockets of a load's RTP: packets in and out, in batches. Knows no call. */
#ifndef TANDEM_TOOLS_LOAD_PORTS_H
#define TANDEM_TOOLS_LOAD_PORTS_H

#include "base/limits.h"
#include "load/rtp.h"
#include "net/udp.h"

struct load_ports {
    struct load_rtp *rtp;
    unsigned n;
    uint16_t numbers[2 * LIMIT_LOAD_RTP_PORTS];
    struct udp sockets[2 * LIMIT_LOAD_RTP_PORTS];
};

/* Opens one more, of an even number (RFC 3550 11), at this address. 0, or why not (errno);
 * `merges`: see udp_merge; `kind` is of its events, whose index is the socket's. */
MUST_USE int load_ports_open(struct load_ports *, const struct addr *at, bool merges, struct loop *,
                             unsigned kind, struct mem *, struct block_pool *);
void load_ports_close(struct load_ports *);

/* An event: takes what has come. */
void load_ports_ready(struct load_ports *, struct udp_area *, const struct loop_event *,
                      time_ns now);
/* Takes what the calls have to send, and sends it. */
void load_ports_send(struct load_ports *, time_ns now);
time_ns load_ports_deadline(const struct load_ports *);

#endif
