/* Replaces and Join: which call of ours an INVITE is about (RFC 3891 3, RFC 3911 4). Private to
 * ua/.
 */
#ifndef TANDEM_SRC_UA_REPLACES_H
#define TANDEM_SRC_UA_REPLACES_H

#include "ua/call_parts.h"

struct replaces {
    unsigned status;          /* to refuse the request with; 0: go on */
    ua_call replaced, joined; /* 0: none */
};
/* Of an INVITE outside of dialogs; of any other method that bears one the status is 400. */
void replaces_read(struct ua *, struct msg *, struct replaces *);
/* Our 2xx has gone: the call that it replaces ends. */
void replaces_done(struct ua *, const struct call *, time_ns now);

#endif
