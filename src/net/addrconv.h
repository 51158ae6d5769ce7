/* Addresses to and from the sockets API; knows no socket. */
#ifndef TANDEM_NET_ADDRCONV_H
#define TANDEM_NET_ADDRCONV_H

#include <sys/socket.h>

#include "base/addr.h"

/* Fills *out and returns its length; 0: the address has no family. */
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *out);
/* False: neither IPv4 nor IPv6; *out is untouched. */
bool addr_from_sockaddr(const struct sockaddr_storage *s, struct addr *out);

#endif
