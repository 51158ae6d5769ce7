/* Which of the datagrams that wait for a socket leave with one passage through the kernel
 * (UDP_SEGMENT). */
#ifndef TANDEM_NET_UDP_RUNS_H
#define TANDEM_NET_UDP_RUNS_H

#include "net/udp.h"

/* Datagrams that are looked at together. */
#define UDP_WINDOW 256

/* Brings those of one size and destination together, at most UDP_WINDOW. Datagrams of the same
 * `order` to the same destination stay in their order. */
void udp_runs_arrange(struct udp_out *out, unsigned n);
/* How many from the first on may leave as one: 1 or more. `n`: there are so many, at least 1. */
unsigned udp_runs_first(const struct udp_out *const *out, unsigned n);

#endif
