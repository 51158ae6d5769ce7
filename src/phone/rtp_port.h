/* The two sockets of one stream: RTP at an even port, RTCP at the next one (RFC 3550 11). Knows no
 * packet. */
#ifndef TANDEM_PHONE_RTP_PORT_H
#define TANDEM_PHONE_RTP_PORT_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/rand.h"
#include "net/loop.h"

struct rtp_port {
    int fds[2]; /* of RTP, of RTCP; -1: not open */
    struct addr local;
};

/* At this address, at ports that are free. The sockets are watched under `token` and the next one.
 * 0 or an errno value: nothing is open. */
MUST_USE int rtp_port_open(struct rtp_port *, const struct addr *at, struct rand *, struct loop *,
                           uint64_t token);
void rtp_port_close(struct rtp_port *);
/* The next packet. False: none is there. */
MUST_USE bool rtp_port_receive(struct rtp_port *, bool rtcp, struct buf *into, struct addr *from);
/* What the kernel does not take is lost, as on any network. */
void rtp_port_send(struct rtp_port *, bool rtcp, const struct addr *to, struct str bytes);

#endif
