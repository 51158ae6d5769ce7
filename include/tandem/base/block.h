/* Counted blocks of bytes: what is received and what may be sent again. A pool keeps freed blocks
 * by size class, so that steady work takes nothing from the heap. A block belongs to one thread at
 * a time; a block that is the giver's alone may move to another thread and is freed into that one's
 * pool. */
#ifndef TANDEM_BASE_BLOCK_H
#define TANDEM_BASE_BLOCK_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

#define BLOCK_CLASSES 8 /* 512 bytes, doubling, to 64 KiB; larger ones go to the heap directly */

struct block {
    uint32_t refs;
    uint32_t cap;
    uint32_t len; /* bytes in use, the owner's to set; at most cap */
    uint8_t size_class;
    struct block *next; /* in the pool's free list */
    _Alignas(16) char bytes[];
};

struct block_pool {
    struct mem *mem;
    struct block *free[BLOCK_CLASSES];
    uint32_t n_free[BLOCK_CLASSES];
    uint32_t keep; /* free blocks kept of 512 bytes or 1 KiB each, and of each larger class as many
                    * bytes, but one block at least; more go back to the heap */
    uint64_t live; /* blocks handed out and not returned (moved ones count where they are) */
};

void block_pool_init(struct block_pool *p, struct mem *mem, uint32_t keep);
void block_pool_fini(struct block_pool *p);

/* One reference, len 0, cap at least `cap`. NULL: no memory. */
struct block *block_new(struct block_pool *p, size_t cap);
static inline struct block *block_ref(struct block *b)
{
    b->refs++;
    return b;
}

/* Nobody holds it any more. */
void block_free(struct block_pool *p, struct block *b);
/* NULL is legal. */
static inline void block_unref(struct block_pool *p, struct block *b)
{
    assert(!b || b->refs > 0);
    if (b && --b->refs == 0)
        block_free(p, b);
}

/* The block leaves this pool's account for another thread; refs must be 1. */
void block_leave(struct block_pool *p, struct block *b);
void block_enter(struct block_pool *p, struct block *b);

static inline struct str block_str(const struct block *b)
{
    return (struct str){b->bytes, b->len};
}

#endif
