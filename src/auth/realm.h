/* A realm as a client knows it: its latest challenge and the hash that answers it. Knows no request
 * and no other realm. */
#ifndef TANDEM_AUTH_REALM_H
#define TANDEM_AUTH_REALM_H

#include "auth/digest.h"
#include "base/limits.h"
#include "msg/msg.h"

/* Views, of a line while it is read. */
struct asked {
    bool by_proxy, stale;
    bool names_algorithm; /* RFC 3261 22.4: clients echo it only then */
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    struct str realm, nonce;
    struct str opaque; /* at == NULL: none */
};

/* One line of Proxy-Authenticate or WWW-Authenticate; `space` takes values with escapes. False: not
 * Digest, or none that can be answered. */
bool asked_read(struct msg *, struct hdr *, struct buf *space, struct asked *);

struct realm {
    uint32_t id; /* the same for each challenge of one realm */
    uint32_t nonce_id;
    uint32_t count; /* of the nonce */
    uint8_t ha1[DIGEST_MAX_BYTES];
    struct asked asked;
    struct str host; /* of the Request-URI that was asked about */
    size_t size;
    char text[];
};

/* Copies all texts; ids, count and hash are zero. NULL: no memory. */
struct realm *realm_new(struct mem *, const struct asked *, struct str host);
/* NULL is legal. */
void realm_free(struct mem *, struct realm *);
bool realm_is(const struct realm *, const struct asked *);

#endif
