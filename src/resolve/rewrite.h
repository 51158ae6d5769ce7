/* The regexp field of a NAPTR record (RFC 3402 3.2): what it makes of a text. */
#ifndef TANDEM_SRC_RESOLVE_REWRITE_H
#define TANDEM_SRC_RESOLVE_REWRITE_H

#include "base/attr.h"
#include "base/buf.h"

/* Appends it to *out. False: the field is none, the text does not match, or there is no room; then
 * *out may have a part of it. */
MUST_USE bool rewrite_apply(struct str field, struct str text, struct buf *out);

#endif
