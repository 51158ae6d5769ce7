/* What counts of which nonces were used: bounded, and what is forgotten is never good again. */
#ifndef TANDEM_SRC_AUTH_USED_H
#define TANDEM_SRC_AUTH_USED_H

#include "base/attr.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct used;

/* For `capacity` nonces, a power of two of at least 8. NULL: no memory. */
struct used *used_new(struct mem *, unsigned capacity);
void used_free(struct used *);
/* Serials grow from 1 in the order in which nonces are made. */
bool used_allows(const struct used *, uint64_t serial, uint32_t count);
MUST_USE bool used_take(struct used *, uint64_t serial, uint32_t count);

#endif
