/* IP packets, version 4 (RFC 791) and 6 (RFC 8200): read, not checked against their sums, which
 * captures of one's own machine lack. */
#ifndef TANDEM_CAPTURE_IP_H
#define TANDEM_CAPTURE_IP_H

#include "base/addr.h"

enum ip_protocol {
    IP_IN_4 = 4, /* RFC 2003 */
    IP_TCP = 6,
    IP_UDP = 17,
    IP_IN_6 = 41, /* RFC 2473 */
    IP_GRE = 47,
    IP_SCTP = 132
};

struct ip_packet {
    struct addr from, to; /* without ports */
    uint8_t protocol;     /* enum ip_protocol, or another number; of the whole datagram */
    bool is_fragment, more;
    uint32_t id, offset; /* of a fragment */
    struct str payload;  /* as much as was captured */
    uint32_t missing;    /* bytes that were not */
};

/* False: no IP packet, or cut within its headers. */
bool ip_read(struct str bytes, struct ip_packet *out);

#endif
