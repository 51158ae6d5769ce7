/* The address of a name as the C library finds it, for programs that may wait. */
#ifndef TANDEM_NET_LOOKUP_H
#define TANDEM_NET_LOOKUP_H

#include "base/addr.h"
#include "base/attr.h"

/* An address stands for itself, any other `host` (brackets around IPv6 are legal) is asked for:
 * this waits. The first address, without a port. NULL, or what is wrong, for people. */
MUST_USE const char *net_lookup(struct str host, struct addr *out);

#endif
