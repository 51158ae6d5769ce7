/* Bytes of a whole that come in pieces, in any order: kept sorted and without overlaps. Knows
 * neither fragments nor segments. */
#ifndef TANDEM_CAPTURE_PIECES_H
#define TANDEM_CAPTURE_PIECES_H

#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"

struct piece {
    struct piece *next;
    uint64_t at;
    size_t len;
    char bytes[];
};

struct pieces {
    struct piece *first;
    size_t bytes;
    unsigned n;
};

/* Keeps what of `bytes`, which belongs at `at`, is not there yet: what came first stays. ERR_NOMEM:
 * some of it may be missing. ERR_LIMIT: there would be more than `most` pieces, likewise. */
MUST_USE int pieces_add(struct pieces *, struct mem *, uint64_t at, struct str bytes,
                        unsigned most);
void pieces_drop_first(struct pieces *, struct mem *);
void pieces_clear(struct pieces *, struct mem *);

#endif
