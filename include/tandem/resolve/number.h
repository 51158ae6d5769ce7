/* Where a telephone number leads (ENUM, RFC 6116): the NAPTR records of its name say by which URI
 * it is reached. A search like those of resolve.h: it asks, and ends, in the same way. */
#ifndef TANDEM_RESOLVE_NUMBER_H
#define TANDEM_RESOLVE_NUMBER_H

#include "base/buf.h"
#include "resolve/resolve.h"

enum number_outcome {
    NUMBER_NONE,  /* nobody says how to reach it by SIP */
    NUMBER_FOUND, /* a sip or sips URI */
    NUMBER_FAILED /* nothing was found, and not all that should be asked has answered */
};

/* The name of a number in a domain: its digits backwards (RFC 6116 3.2). False: it is no "+" with
 * at most LIMIT_ENUM_DIGITS digits, or the two make no name, or there is no room for it. */
bool number_name(struct buf *, struct str number, struct str domain);
/* Starts a search for "+" and at most LIMIT_ENUM_DIGITS digits, in a domain such as e164.arpa. As
 * resolver_find, but that what is over a limit ends as NUMBER_FAILED. ERR_INVALID: no such number,
 * or domain. ERR_LIMIT, ERR_NOMEM: not started. */
MUST_USE int resolver_number(struct resolver *, struct str number, struct str domain, uint64_t user,
                             time_ns now, pool_id *search, bool *over);
/* What a search for a number that ended has found; *uri has room for LIMIT_ENUM_URI bytes. The
 * search is over and its id stale. */
MUST_USE enum number_outcome resolver_uri(struct resolver *, pool_id search, time_ns now,
                                          struct buf *uri);

#endif
