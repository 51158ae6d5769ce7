/* Nonces that need no table to be verified (RFC 7616 3.3, 5.4): the time, a serial number and a
 * keyed hash over both, the realm and the client's address; and what of them was used, so that
 * nothing is let in twice (RFC 7616 5.5). Knows no credentials. Sans-I/O; no allocation after
 * nonces_new.
 *
 * A nonce is good at the worker that made it, in the life in which it was made, and nowhere else:
 * its counts are remembered there alone, without a lock. A client that uses it elsewhere is told
 * "stale" and has one more round. A phone's REGISTERs keep their Call-ID and with it their worker,
 * so that its refreshes need none. */
#ifndef TANDEM_AUTH_NONCE_H
#define TANDEM_AUTH_NONCE_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/time.h"

#define NONCE_LEN 56
/* The count of credentials without one (RFC 2069's form): they use a nonce up. */
#define NONCE_ONCE 0

struct nonces;

/* `keys`: two, of no other's making in no other life. `capacity` (a power of two of at least 8):
 * how many used nonces are remembered. NULL: no memory. */
struct nonces *nonces_new(struct mem *, const struct hash_key keys[2], unsigned capacity);
/* NULL is legal. */
void nonces_free(struct nonces *);

/* A new one for the client at that address (the port does not count). */
void nonce_make(struct nonces *, struct str realm, const struct addr *client, time_ns now,
                char text[NONCE_LEN]);

struct nonce {
    time_ns made;
    uint64_t serial;
};
/* Takes any text. False: not made here for this realm and client, or not in this life. */
MUST_USE bool nonce_read(const struct nonces *, struct str text, struct str realm,
                         const struct addr *client, struct nonce *);
/* May credentials with this count still be let in? Ask before any digest is computed. */
bool nonce_is_unused(const struct nonces *, const struct nonce *, uint32_t count);
/* The credentials proved right: their count is used from now on. False: it was before; refuse them.
 */
MUST_USE bool nonce_use(struct nonces *, const struct nonce *, uint32_t count);

#endif
