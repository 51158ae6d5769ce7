/* Owns the blocks of a region: cut by halves, joined again with their other half. */
#include "hook/heap.h"

#include <string.h>

#define LEAST ((size_t)1 << HEAP_LEAST_BITS)

static unsigned order_of(size_t size)
{
    unsigned bits = size <= LEAST ? HEAP_LEAST_BITS
                                  : 64 - (unsigned)__builtin_clzll((unsigned long long)size - 1);

    return bits - HEAP_LEAST_BITS;
}

static size_t bytes_of(unsigned order)
{
    return LEAST << order;
}

static void put_free(struct heap *h, size_t offset, unsigned order)
{
    struct list *node = (struct list *)(void *)(h->at + offset);

    h->order_at[offset >> HEAP_LEAST_BITS] = (unsigned char)(order + 1);
    list_append(&h->free[order], node);
}

static void take_free(struct heap *h, size_t offset)
{
    h->order_at[offset >> HEAP_LEAST_BITS] = 0;
    list_remove((struct list *)(void *)(h->at + offset));
}

void heap_clear(struct heap *h)
{
    size_t offset = 0;

    memset(h->order_at, 0, h->size >> HEAP_LEAST_BITS);
    for (unsigned o = 0; o < HEAP_ORDERS; o++)
        list_init(&h->free[o]);
    h->used = 0;
    for (unsigned o = HEAP_ORDERS; o-- > 0;)
        while (h->size - offset >= bytes_of(o)) {
            put_free(h, offset, o);
            offset += bytes_of(o);
        }
}

bool heap_init(struct heap *h, struct mem *mem, size_t size)
{
    *h = (struct heap){.mem = mem, .size = size / LEAST * LEAST};
    h->at = mem_alloc(mem, h->size);
    h->order_at = h->at ? mem_alloc(mem, h->size >> HEAP_LEAST_BITS) : NULL;
    if (h->order_at)
        heap_clear(h);
    else
        heap_fini(h);
    return h->order_at;
}

void heap_fini(struct heap *h)
{
    if (h->at)
        mem_free(h->mem, h->at, h->size);
    if (h->order_at)
        mem_free(h->mem, h->order_at, h->size >> HEAP_LEAST_BITS);
    h->at = NULL;
    h->order_at = NULL;
}

/* The halves that are not needed are free again. */
static void cut(struct heap *h, size_t offset, unsigned from, unsigned to)
{
    while (from > to) {
        from--;
        put_free(h, offset + bytes_of(from), from);
    }
}

void *heap_take(struct heap *h, size_t size)
{
    unsigned order = order_of(size), o = order;

    while (o < HEAP_ORDERS && list_is_empty(&h->free[o]))
        o++;
    if (o >= HEAP_ORDERS)
        return NULL;
    size_t offset = (size_t)((char *)list_first(&h->free[o]) - h->at);
    take_free(h, offset);
    cut(h, offset, o, order);
    h->used += bytes_of(order);
    return h->at + offset;
}

void heap_give(struct heap *h, void *at, size_t size)
{
    size_t offset = (size_t)((char *)at - h->at);
    unsigned order = order_of(size);

    h->used -= bytes_of(order);
    for (; order + 1 < HEAP_ORDERS; order++) {
        size_t other = offset ^ bytes_of(order);

        if (other + bytes_of(order) > h->size || h->order_at[other >> HEAP_LEAST_BITS] != order + 1)
            break;
        take_free(h, other);
        offset &= ~bytes_of(order);
    }
    put_free(h, offset, order);
}

void *heap_resize(struct heap *h, void *at, size_t from, size_t to)
{
    unsigned is = order_of(from), wanted = order_of(to);

    if (wanted > is) {
        void *new = heap_take(h, to);

        if (new) {
            memcpy(new, at, from);
            heap_give(h, at, from);
        }
        return new;
    }
    cut(h, (size_t)((char *)at - h->at), is, wanted);
    h->used -= bytes_of(is) - bytes_of(wanted);
    return at;
}
