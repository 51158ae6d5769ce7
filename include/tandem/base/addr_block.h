/* Blocks of addresses: an address and how many of its leading bits count. */
#ifndef TANDEM_BASE_ADDR_BLOCK_H
#define TANDEM_BASE_ADDR_BLOCK_H

#include "base/addr.h"

struct addr_block {
    struct addr addr; /* without a port */
    unsigned bits;    /* 0 to 32 or 128 */
};

/* "192.0.2.0/24", "2001:db8::/32", an address alone: all its bits. False: neither. */
MUST_USE bool addr_block_parse(struct str text, struct addr_block *);
/* The port does not count. */
bool addr_block_has(const struct addr_block *, const struct addr *);
void addr_block_print(struct buf *b, const struct addr_block *);

#endif
