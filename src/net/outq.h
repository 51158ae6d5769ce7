/* What waits to be written to one stream: a bounded queue of counted blocks. */
#ifndef TANDEM_NET_OUTQ_H
#define TANDEM_NET_OUTQ_H

#include <sys/uio.h>

#include "base/attr.h"
#include "base/block.h"

#define OUTQ_INLINE 4

struct outq {
    struct block *few[OUTQ_INLINE];
    struct block **blocks; /* circular; `few` while that suffices */
    uint32_t cap, head, n;
    uint32_t written; /* bytes of the first block that are gone already */
    size_t bytes;     /* still to be written */
};

void outq_init(struct outq *q);
/* Gives every block back. */
void outq_fini(struct outq *q, struct mem *mem, struct block_pool *blocks);

/* Takes the reference where it returns OK. ERR_LIMIT: more than LIMIT_TCP_QUEUE_BYTES or
 * LIMIT_TCP_QUEUE_BLOCKS would wait, the peer does not read. ERR_NOMEM. */
MUST_USE int outq_push(struct outq *q, struct mem *mem, struct block *b);
/* Points at what is first to be written; returns how many of out[max] are filled. */
int outq_peek(const struct outq *q, struct iovec *out, int max);
/* `len` bytes were written: at most q->bytes. */
void outq_consume(struct outq *q, struct block_pool *blocks, size_t len);

#endif
