/* What the body of a message means to a call (RFC 3261 20.11, RFC 5621): its session description,
 * alone or inside of a multipart. */
#ifndef TANDEM_MSG_BODY_H
#define TANDEM_MSG_BODY_H

#include "msg/msg.h"

struct body {
    unsigned status; /* to refuse a request with that bears it: 400, 415; 0: fit */
    struct str sdp;  /* view into the message; empty: none */
};

/* Bodies that are not known are passed over where "handling=optional" says so, else they are 415
 * (RFC 3261 8.2.3, RFC 5621 8.1). */
void body_read(struct msg *, struct body *);

/* The session descriptions in `body`, which is the message's or what was meant to be: all of them,
 * alone or as parts, whatever they are for. Returns how many there are in out[0 .. most). */
unsigned body_descriptions(struct msg *, struct str body, struct str *out, unsigned most);

#endif
