/* Tunnels: IP packets in IP packets. */
#ifndef TANDEM_CAPTURE_TUNNEL_H
#define TANDEM_CAPTURE_TUNNEL_H

#include "ip.h"

/* The IP packet within: IP in IP (RFC 2003, RFC 2473), GRE (RFC 2784, RFC 2637), GTP's user plane
 * (3GPP TS 29.281). False: it is no tunnel's packet, or holds something else. */
bool tunnel_packet(const struct ip_packet *, struct str *inner);

#endif
