/* Frames of an interface, or of all, as the kernel sees them go by (packet(7)): they come through a
 * ring of memory that it shares with us, so that none is copied for us and a burst has room. */
#ifndef TANDEM_NET_PACKET_RING_H
#define TANDEM_NET_PACKET_RING_H

#include "base/attr.h"
#include "base/buf.h"

/* In front of each packet stands its head in Linux's cooked form (LINKTYPE_LINUX_SLL2), whatever
 * kind of interface it went by: one form for all of them, "any" included. */
struct packet {
    int64_t at;       /* nanoseconds since 1970, by the kernel */
    uint32_t len;     /* as it was on the wire, its head included; `bytes` may be less of it */
    struct str bytes; /* borrowed until the next call */
};

struct packet_ring {
    int fd;
    char *blocks;
    unsigned block; /* the one that is read, or that is filled next */
    char *next;     /* the next packet in it; NULL: it is not ours yet */
    unsigned left;  /* packets in it */
    uint64_t lost;
};

/* Begins to listen to this interface, and to all that passes its cable; "any": to all interfaces.
 * 0, or an errno value and nothing to close: EPERM (CAP_NET_RAW is missing), ENODEV (there is no
 * such interface), ENOMEM … */
MUST_USE int packet_ring_open(struct packet_ring *, const char *interface);
void packet_ring_close(struct packet_ring *);

/* The next packet; false: none is there now. What a loopback interface sends is passed over, as it
 * receives it, too. */
bool packet_ring_next(struct packet_ring *, struct packet *);

/* Until one may be there, a signal came or so many milliseconds have passed. */
void packet_ring_wait(const struct packet_ring *, int ms);

/* Packets for which the ring had no room, ever. */
uint64_t packet_ring_lost(struct packet_ring *);

/* Why nothing will come any more, as an errno value: ENETDOWN where the interface went down. 0:
 * nothing is wrong. To be asked where none is there. */
int packet_ring_fault(const struct packet_ring *);

/* "lo, eth0": those that there are. */
void packet_ring_interfaces(struct buf *);

#endif
