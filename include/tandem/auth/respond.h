/* The client's side of digest authentication (RFC 7616, RFC 8760, RFC 3261 22.2 and 22.3): reads
 * the challenges of a 401 or 407, answers the strongest of each realm, and keeps what it answered
 * with for the requests that follow. Sans-I/O: random numbers are handed in.
 *
 * One responder is one user with one password, in whatever realms ask for them. A request is first
 * printed with what responder_print adds (nothing, as long as nobody has asked), and once more
 * after each RESPOND_AGAIN, with a higher CSeq number (RFC 3261 22.2). ACK bears the lines of its
 * INVITE, and CANCEL none (22.1). */
#ifndef TANDEM_AUTH_RESPOND_H
#define TANDEM_AUTH_RESPOND_H

#include "auth/digest.h"
#include "base/limits.h"
#include "msg/msg.h"

struct responder;

/* Copies both texts; `user` has no escapes. NULL: no memory. */
MUST_USE struct responder *responder_new(struct mem *, struct digester *, struct str user,
                                         struct str password);
/* Leaves nothing of the password in memory. NULL is legal. */
void responder_free(struct responder *);

/* What one request has proved so far. Its sender keeps it from the first sending, where it is all
 * zero, to the final response. */
struct proof {
    uint64_t cnonce;
    unsigned rounds; /* challenges that were answered */
    struct {
        uint32_t realm, nonce; /* ids within the responder */
        uint32_t count;        /* nc as sent; 0: nothing was sent for it yet */
        bool answers;          /* a challenge of this very request */
    } of[LIMIT_AUTH_REALMS];
};

/* What the sums are over. */
struct provable {
    struct str method, uri; /* as the request line has them */
    struct str body;
};

/* Adds a header line for each realm that has challenged this request, and for those of requests
 * before: proxies' (RFC 3261 22.3), and those of the Request-URI's host (RFC 7616 2.2 without
 * "domain"). Each costs its nonce one count. `cnonce`: random. An overflow sticks in the buffer.
 * ERR_NOMEM: what was added is not whole. */
MUST_USE int responder_print(struct responder *, struct buf *, const struct provable *,
                             uint64_t cnonce, struct proof *);

enum respond_next {
    RESPOND_AGAIN,   /* print the request anew and send it */
    RESPOND_REFUSED, /* the password is wrong there: the response is final. What was kept of the
                        realm is forgotten */
    RESPOND_UNABLE   /* no challenge that could be answered (scheme, algorithm or qop unknown, more
                        than LIMIT_AUTH_BYTES): the response is final */
};

/* Takes the challenges of a 401 or 407 to a request with this Request-URI. A challenge that the
 * request has answered before counts as refusal, unless it is stale; so does the
 * LIMIT_AUTH_ROUNDS-th. RFC 8760 2.4 with a local policy: of one realm the strongest algorithm, not
 * the topmost, so that whoever adds a weaker one in between gains nothing. ERR_NOMEM: nothing has
 * changed. */
MUST_USE int responder_challenged(struct responder *, struct msg *, struct str uri, struct proof *,
                                  enum respond_next *);

enum respond_trust {
    RESPOND_UNPROVED, /* no rspauth, or the nonce has changed since */
    RESPOND_PROVED,   /* who answered knows the password, too */
    RESPOND_DISPROVED /* rspauth is wrong: the response is not from who asked for the credentials */
};

/* RFC 7616 3.5: reads Authentication-Info of a 2xx to a request with this Request-URI, and takes
 * nextnonce unless the rspauth beside it is wrong. ERR_NOMEM: nothing has changed. */
MUST_USE int responder_informed(struct responder *, struct msg *, struct str uri,
                                const struct proof *, enum respond_trust *);

#endif
