/* Counted blocks and the lists of freed ones by size class; knows nothing of what the bytes mean.
 */
#include "base/block.h"

#include <assert.h>

#include "base/poison.h"

#define SMALLEST 512u
#define UNPOOLED BLOCK_CLASSES

void block_pool_init(struct block_pool *p, struct mem *mem, uint32_t keep)
{
    *p = (struct block_pool){.mem = mem, .keep = keep};
}

static void give_back(struct mem *mem, struct block *b)
{
    UNPOISON(b->bytes, b->cap);
    mem_free(mem, b, sizeof *b + b->cap);
}

void block_pool_fini(struct block_pool *p)
{
    assert(p->live == 0);
    for (unsigned i = 0; i < BLOCK_CLASSES; i++) {
        while (p->free[i]) {
            struct block *b = p->free[i];
            p->free[i] = b->next;
            give_back(p->mem, b);
        }
        p->n_free[i] = 0;
    }
}

static unsigned class_of(size_t cap)
{
    unsigned c = 0;
    while (c < BLOCK_CLASSES && cap > (size_t)SMALLEST << c)
        c++;
    return c;
}

static struct block *from_heap(struct block_pool *p, size_t cap, unsigned class)
{
    if (class != UNPOOLED)
        cap = (size_t)SMALLEST << class;
    else if (cap > UINT32_MAX)
        return NULL;
    struct block *b = mem_alloc(p->mem, sizeof *b + cap);
    if (b) {
        b->cap = (uint32_t)cap;
        b->size_class = (uint8_t) class;
    }
    return b;
}

struct block *block_new(struct block_pool *p, size_t cap)
{
    unsigned class = class_of(cap);
    struct block *b = class < BLOCK_CLASSES ? p->free[class] : NULL;
    if (b) {
        p->free[class] = b->next;
        p->n_free[class]--;
        __builtin_prefetch(b->next); /* for the next of this size */
        UNPOISON(b->bytes, b->cap);
    } else if (!(b = from_heap(p, cap, class))) {
        return NULL;
    }
    b->refs = 1;
    b->len = 0;
    b->next = NULL;
    p->live++;
    return b;
}

/* As many bytes of each class from the second on, so that rare large blocks, which gather where
 * they come by other threads, do not take the memory of a hundred small ones each. */
static uint32_t most_kept(const struct block_pool *p, unsigned class)
{
    uint32_t n = class > 1 ? p->keep >> (class - 1) : p->keep;
    return n == 0 && p->keep > 0 ? 1 : n;
}

void block_free(struct block_pool *p, struct block *b)
{
    assert(p->live > 0 && b->len <= b->cap);
    p->live--;
    unsigned class = b->size_class;
    if (class == UNPOOLED || p->n_free[class] >= most_kept(p, class)) {
        give_back(p->mem, b);
        return;
    }
    b->next = p->free[class];
    p->free[class] = b;
    p->n_free[class]++;
    POISON(b->bytes, b->cap);
}

void block_leave(struct block_pool *p, struct block *b)
{
    assert(b->refs == 1 && p->live > 0);
    (void)b;
    p->live--;
}

void block_enter(struct block_pool *p, struct block *b)
{
    assert(b->refs == 1);
    (void)b;
    p->live++;
}
