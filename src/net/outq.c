/* Queues blocks for one stream; knows no socket. */
#include "net/outq.h"

#include <assert.h>

#include "base/err.h"
#include "base/limits.h"

void outq_init(struct outq *q)
{
    *q = (struct outq){.cap = OUTQ_INLINE};
}

/* The inline array moves with its owner, so it is never pointed at. */
static struct block **slots(const struct outq *q)
{
    return q->blocks ? q->blocks : (struct block **)q->few;
}

static struct block *at(const struct outq *q, uint32_t i)
{
    return slots(q)[(q->head + i) % q->cap];
}

static void free_slots(struct outq *q, struct mem *mem)
{
    if (q->blocks)
        mem_free(mem, q->blocks, q->cap * sizeof(*q->blocks));
}

void outq_fini(struct outq *q, struct mem *mem, struct block_pool *blocks)
{
    for (uint32_t i = 0; i < q->n; i++)
        block_unref(blocks, at(q, i));
    free_slots(q, mem);
    outq_init(q);
}

static int grow(struct outq *q, struct mem *mem)
{
    uint32_t cap = q->cap * 2;
    struct block **wider = mem_alloc(mem, cap * sizeof(*wider));

    if (!wider)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < q->n; i++)
        wider[i] = at(q, i);
    free_slots(q, mem);
    q->blocks = wider;
    q->cap = cap;
    q->head = 0;
    return OK;
}

int outq_push(struct outq *q, struct mem *mem, struct block *b)
{
    if (q->bytes + b->len > LIMIT_TCP_QUEUE_BYTES || q->n >= LIMIT_TCP_QUEUE_BLOCKS)
        return ERR_LIMIT;
    if (q->n == q->cap && grow(q, mem) != OK)
        return ERR_NOMEM;
    slots(q)[(q->head + q->n) % q->cap] = b;
    q->n++;
    q->bytes += b->len;
    return OK;
}

int outq_peek(const struct outq *q, struct iovec *out, int max)
{
    int n = 0;

    for (uint32_t i = 0; i < q->n && n < max; i++) {
        struct block *b = at(q, i);
        uint32_t from = i == 0 ? q->written : 0;

        out[n++] = (struct iovec){b->bytes + from, b->len - from};
    }
    return n;
}

void outq_consume(struct outq *q, struct block_pool *blocks, size_t len)
{
    assert(len <= q->bytes);
    q->bytes -= len;
    len += q->written;
    while (q->n > 0 && len >= at(q, 0)->len) {
        len -= at(q, 0)->len;
        block_unref(blocks, at(q, 0));
        q->head = (q->head + 1) % q->cap;
        q->n--;
    }
    q->written = (uint32_t)len;
}
