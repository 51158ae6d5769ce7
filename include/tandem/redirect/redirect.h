/* The redirect server of RFC 3261 8.3: tells the caller where else to try. It neither knows where
 * users are nor which rule sent the request here: the element tells it the contacts. Keeps no
 * state.
 */
#ifndef TANDEM_REDIRECT_REDIRECT_H
#define TANDEM_REDIRECT_REDIRECT_H

#include "engine/engine.h"

struct redirect_contact {
    struct str uri;
    unsigned q; /* 0-1000 */
    bool expires;
    unsigned expires_s; /* … how long the caller may remember it */
};

/* Answers an EVENT_REQUEST with a Contact for each, in the order in which they are given (best
 * first). `status`: 300, 301, 302. Left out are what the Request-URI itself is (RFC 3261 8.3: the
 * caller would come back), what cannot be read as a URI, and at the end what does not fit; where
 * none is left it is answered 480. Errors as of engine_reply. */
int redirect_answer(struct engine *, const struct engine_event *, unsigned status,
                    const struct redirect_contact *, size_t n, time_ns now);

#endif
