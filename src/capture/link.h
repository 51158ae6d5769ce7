/* Link layers: where a frame's IP packet begins. */
#ifndef TANDEM_CAPTURE_LINK_H
#define TANDEM_CAPTURE_LINK_H

#include "base/str.h"

/* The IP packet in a frame: behind Ethernet, VLAN tags (802.1Q, 802.1ad), PPPoE, PPP, MPLS, Linux's
 * cooked headers, BSD's loopback or nothing. False: another protocol, another link type, or cut. */
bool link_packet(uint32_t link, struct str frame, struct str *packet);

/* The same behind an EtherType. */
bool link_payload(unsigned type, struct str bytes, struct str *packet);

#endif
