/* Records as bytes, one behind the other: what a chunk of the journal holds. Any bytes may be read.
 */
#ifndef TANDEM_STORE_ROWS_H
#define TANDEM_STORE_ROWS_H

#include "base/attr.h"
#include "base/buf.h"
#include "store/location.h"

/* The most that the rows of one chunk take; a record whose row does not fit cannot be kept. */
#define ROWS_BYTES 65536

size_t row_bytes(struct str key, struct str value);
/* An empty value stands for a removal. An overflow sticks in `b`. */
void row_write(struct buf *b, const struct location_record *);
/* The next row, cut off *rest: views into it. False: there is none, or *bad: these are no rows. */
MUST_USE bool row_read(struct str *rest, struct location_record *out, bool *bad);

#endif
