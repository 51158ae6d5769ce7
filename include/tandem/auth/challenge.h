/* Challenges and what follows a success, as header lines (RFC 7616 3.3, 3.5; RFC 8760). Knows no
 * request. */
#ifndef TANDEM_AUTH_CHALLENGE_H
#define TANDEM_AUTH_CHALLENGE_H

#include "auth/credentials.h"
#include "auth/digest.h"

/* More than three challenges of the longest realm need. */
#define CHALLENGE_BYTES 2048
#define AUTH_INFO_BYTES 1024

struct challenge {
    bool by_proxy; /* Proxy-Authenticate; else WWW-Authenticate */
    struct str realm, nonce, opaque;
    bool stale, auth_int;
    unsigned algorithms; /* a bit for each enum digest_algorithm */
};

/* A whole line for each algorithm, strongest first (RFC 8760 2.3). An overflow sticks in `b`. */
void challenge_print(struct buf *b, const struct challenge *);

/* RFC 7616 3.5: "Authentication-Info: …" with rspauth for a response without a body to what bore
 * these credentials, and with `nextnonce` where it is not empty. Nothing without qop (RFC 2069 had
 * none of it). False: no memory. An overflow sticks in `b`. */
MUST_USE bool auth_info_print(struct buf *b, struct digester *, const struct credentials *,
                              const struct account *, struct str nextnonce);

#endif
