/* Names: which are known without asking, and which name servers are asked for the others. */
#ifndef TANDEM_SERVER_NAMES_H
#define TANDEM_SERVER_NAMES_H

#include "config/config.h"
#include "net/dns.h"
#include "resolve/hosts.h"

/* The records of dns.hosts and the names of /etc/hosts, as far as that can be read. NULL: no;
 * `what` says why. */
struct hosts *names_read(struct mem *, const struct config *, char *what, size_t size);
/* Starts who asks. NULL: no memory, no thread. */
struct net_dns *names_ask(struct mem *, const struct config *, unsigned n_workers,
                          struct bell *const *bells);

#endif
