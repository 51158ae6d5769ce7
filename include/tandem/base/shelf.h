/* Where texts and lists stand that go together: memory that is only ever added to, and given
 * back as a whole. */
#ifndef TANDEM_BASE_SHELF_H
#define TANDEM_BASE_SHELF_H

#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"

struct shelf;

/* NULL: no memory. */
struct shelf *shelf_new(struct mem *);
/* NULL is legal. */
void shelf_free(struct shelf *);
/* Zeroed, aligned for anything. NULL: no memory. */
void *shelf_take(struct shelf *, size_t size);
/* A copy with a NUL behind it. False: no memory. */
MUST_USE bool shelf_keep(struct shelf *, struct str text, struct str *out);

#endif
