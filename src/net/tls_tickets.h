/* The keys of session tickets (RFC 5077, RFC 8446 4.6.1): shared by all workers, made anew from
 * time to time, and forgotten, so that what was recorded cannot be read later. */
#ifndef TANDEM_NET_TLS_TICKETS_H
#define TANDEM_NET_TLS_TICKETS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/time.h"

struct tls_tickets;

/* NULL: no memory or no entropy. */
struct tls_tickets *tls_tickets_new(struct mem *mem, time_ns now);
/* NULL is legal. */
void tls_tickets_free(struct tls_tickets *t);
/* In any thread: new keys once those that are in use are LIMIT_TLS_TICKET_KEY_S old. Tickets made
 * with the ones before are still taken, until the next time. */
void tls_tickets_time(struct tls_tickets *t, time_ns now);

/* OpenSSL's callback finds the keys by the context's ex data, which this sets. */
MUST_USE bool tls_tickets_attach(struct tls_tickets *t, SSL_CTX *ctx);

#endif
