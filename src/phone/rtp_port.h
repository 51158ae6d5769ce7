/* The two sockets of one stream: RTP at an even port, RTCP at the next one (RFC 3550 11). Knows no
 * packet. */
#ifndef TANDEM_PHONE_RTP_PORT_H
#define TANDEM_PHONE_RTP_PORT_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/rand.h"
#include "net/clock.h"
#include "net/loop.h"

#define RTP_BATCH 4
#define RTP_PACKET_BYTES 2048

struct rtp_port {
    int fds[2]; /* of RTP, of RTCP; -1: not open */
    struct addr local;
    const struct net_clock *clock;
};

/* At this address, at ports that are free. RTCP's socket is watched under `token`; that of RTP is
 * read when its user likes, for the kernel notes when each packet came. The clock is borrowed. 0 or
 * an errno value: nothing is open. */
MUST_USE int rtp_port_open(struct rtp_port *, const struct addr *at, struct rand *, struct loop *,
                           uint64_t token, const struct net_clock *);
void rtp_port_close(struct rtp_port *);

struct rtp_in {
    struct addr from;
    struct str bytes;
    time_ns at; /* when it came, by the clock; not after the present */
};
struct rtp_batch {
    struct rtp_in in[RTP_BATCH];
    unsigned n;
    char bytes[RTP_BATCH][RTP_PACKET_BYTES];
};
/* The next packets, in their order. False: there were no more than these. */
bool rtp_port_receive(struct rtp_port *, bool rtcp, struct rtp_batch *);
/* What the kernel does not take is lost, as on any network. */
void rtp_port_send(struct rtp_port *, bool rtcp, const struct addr *to, struct str bytes);

#endif
