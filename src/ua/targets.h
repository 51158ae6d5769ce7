/* Where else a request may go: the contacts of 3xx responses (RFC 3261 8.1.3.4). Private to ua/. */
#ifndef TANDEM_SRC_UA_TARGETS_H
#define TANDEM_SRC_UA_TARGETS_H

#include "ua/parts.h"

struct targets {
    struct {
        struct block *uri;
        uint16_t q; /* thousandths */
    } list[LIMIT_UA_TARGETS];
    unsigned n, next;
};

void targets_fini(struct ua *, struct targets *);
/* Takes up the SIP, SIPS and tel contacts of a 3xx that are new, the best before those that wait.
 * `asked`: the Request-URI that brought it; what was tried once is not tried again. Where memory or
 * room lacks the rest is left out. */
void targets_add(struct ua *, struct targets *, struct msg *response, struct str asked);
/* The next one, or an empty text. */
struct str targets_next(struct targets *);

#endif
