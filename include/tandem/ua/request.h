/* Requests of ours outside of dialogs: OPTIONS, MESSAGE (RFC 3428) and any other that asks for one
 * answer. Challenges, redirections, a short Retry-After and places that do not answer are dealt
 * with here; what comes in the end is told as UA_ANSWERED, once. */
#ifndef TANDEM_UA_REQUEST_H
#define TANDEM_UA_REQUEST_H

#include "ua/ua.h"

struct request_start {
    ua_account account;
    struct str method;  /* none that makes or ends a dialog: INVITE, ACK, BYE, CANCEL */
    struct str target;  /* the Request-URI */
    struct str to;      /* To: name-addr or URI; empty: the target */
    struct str headers; /* whole lines, each with CRLF: Content-Type, … */
    struct str body;
    uint64_t user; /* the application's; comes with the event */
};

/* All is copied. ERR_STALE: no such account. ERR_INVALID: the target or To is no URI, or the method
 * is none for this. ERR_LIMIT, ERR_NOMEM, ERR_NO_ROUTE: nothing was sent. */
MUST_USE int request_send(struct ua *, const struct request_start *, time_ns now, ua_request *out);
/* Nothing more of it is told. An id that has ended is legal. */
void request_forget(struct ua *, ua_request);

#endif
