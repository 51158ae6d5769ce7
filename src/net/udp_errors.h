/* The error queue of a datagram socket. */
#ifndef TANDEM_NET_UDP_ERRORS_H
#define TANDEM_NET_UDP_ERRORS_H

#include "base/addr.h"

/* Takes one error out of the socket's queue. *remote is the destination that cannot be reached; its
 * family is ADDR_NONE where the error does not say so of a destination (RFC 3261 18.4: time
 * exceeded and source quench are ignored, and so is a packet that was too big: the next one is
 * fragmented). False: the queue is empty. */
bool udp_next_error(int fd, struct addr *remote);

#endif
