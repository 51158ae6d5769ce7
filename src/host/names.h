/* Names: which are known without asking, and which name servers are asked for the others. */
#ifndef TANDEM_HOST_NAMES_H
#define TANDEM_HOST_NAMES_H

#include <pthread.h>

#include "config/config.h"
#include "net/dns.h"
#include "resolve/hosts.h"

/* Immutable, and counted across threads. */
struct names;

/* The records of dns.hosts and the names of /etc/hosts, as far as that can be read. NULL: no;
 * `what` says why. */
struct names *names_read(struct mem *, const struct config *, char *what, size_t size);
const struct hosts *names_hosts(const struct names *);
/* NULL is legal. */
void names_unref(struct names *);

/* The names that hold now, for all workers. */
struct known {
    pthread_mutex_t lock; /* held for a look at `now` */
    struct names *now;
};
/* Takes `n` over. */
void known_init(struct known *, struct names *n);
void known_fini(struct known *);
/* The caller's reference to what holds now. */
struct names *known_names(struct known *);
/* Takes `n` over and gives back what held until now, the caller's from then on. */
struct names *known_replace(struct known *, struct names *n);

/* Starts who asks. NULL: no memory, no thread. */
struct net_dns *names_ask(struct mem *, const struct config *, unsigned n_workers,
                          struct bell *const *bells);
/* Other name servers for who asks, as net_dns_prepare. */
struct ares_channeldata *names_servers(struct net_dns *, const struct config *);

#endif
