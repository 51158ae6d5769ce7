/* The TLS of a server: the context that holds now, shared by all workers, and the keys of its
 * tickets. What is read of files is read by whoever makes or reloads, never by a worker. */
#ifndef TANDEM_SERVER_SECURE_H
#define TANDEM_SERVER_SECURE_H

#include <pthread.h>

#include "config/config.h"
#include "host/listen.h"
#include "net/tls_context.h"
#include "net/tls_tickets.h"

struct secure {
    pthread_mutex_t lock;    /* held for a look at `now` */
    struct tls_context *now; /* NULL: no listener has TLS */
    struct tls_tickets *tickets;
};

/* False: no memory or no entropy. */
MUST_USE bool secure_init(struct secure *s, struct mem *mem, time_ns now);
void secure_fini(struct secure *s);
/* The caller's reference to what holds now; NULL: there is no TLS. */
struct tls_context *secure_context(struct secure *s);
/* Takes `c` over and gives back what held until now, the caller's from then on. */
struct tls_context *secure_replace(struct secure *s, struct tls_context *c);

bool listen_needs_tls(const struct listen_list *l);

/* Reads certificates and authorities as `c` names them. What is wrong with them is told as faults
 * of the file, with line and key. False: there was one. *out is NULL, too, where no listener of `l`
 * has TLS: then nothing is read. */
MUST_USE bool secure_read(struct tls_context **out, struct mem *mem, const struct config *c,
                          const struct listen_list *l, const char *file,
                          struct tls_tickets *tickets, config_tell *tell, void *arg);

#endif
