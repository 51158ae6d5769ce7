/* Changing a user's bindings as a REGISTER asks (RFC 3261 10.3 steps 6 and 7): all of it or
 * nothing. */
#ifndef TANDEM_SRC_REGISTRAR_BINDINGS_H
#define TANDEM_SRC_REGISTRAR_BINDINGS_H

#include "registrar/record.h"
#include "registrar/request.h"

/* Where and when a REGISTER came in. */
struct arrival {
    const struct flow *flow;
    const struct via *via; /* the topmost */
    struct str path;       /* in one line; empty: none */
    time_ns now;
};

/* What `old` (all alive at arrival->now) becomes: text borrowed from both sources. *changed is
 * false where nothing is different. A refusal (403, 500) leaves *out undefined. */
struct refusal bindings_apply(const struct bindings *old, const struct wishes *,
                              const struct arrival *, unsigned max, struct bindings *out,
                              bool *changed);

/* Is this contact the phone that sent the request? Then its flow leads to it, also behind a NAT;
 * else the contact is elsewhere, and its URI leads there. */
bool contact_is_sender(const struct nameaddr *contact, const struct via *via, const struct flow *);

#endif
