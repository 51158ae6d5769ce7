/* Moves values between two threads without locks; knows nothing of the values. */
#include "net/ring.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"

int ring_init(struct ring *r, struct mem *mem, size_t size, uint32_t n)
{
    assert(n > 0 && (n & (n - 1)) == 0);
    r->slots = mem_alloc(mem, size * n);
    if (!r->slots)
        return ERR_NOMEM;
    r->mem = mem;
    r->size = size;
    r->mask = n - 1;
    atomic_init(&r->head, 0);
    atomic_init(&r->tail, 0);
    return OK;
}

void ring_fini(struct ring *r)
{
    if (r->slots)
        mem_free(r->mem, r->slots, r->size * ((size_t)r->mask + 1));
    r->slots = NULL;
}

bool ring_push(struct ring *r, const void *value)
{
    uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

    if (head - tail > r->mask)
        return false;
    memcpy(r->slots + r->size * (head & r->mask), value, r->size);
    atomic_store_explicit(&r->head, head + 1, memory_order_release);
    return true;
}

bool ring_pop(struct ring *r, void *value)
{
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

    if (atomic_load_explicit(&r->head, memory_order_acquire) == tail)
        return false;
    memcpy(value, r->slots + r->size * (tail & r->mask), r->size);
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
    return true;
}

bool ring_is_empty(const struct ring *r)
{
    return atomic_load_explicit(&r->head, memory_order_acquire) ==
           atomic_load_explicit(&r->tail, memory_order_relaxed);
}

int bell_init(struct bell *b)
{
    b->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    atomic_init(&b->asleep, false);
    return b->fd < 0 ? errno : 0;
}

void bell_fini(struct bell *b)
{
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
}

void bell_ring_loud(struct bell *b)
{
    uint64_t one = 1;
    ssize_t n = write(b->fd, &one, sizeof(one));

    (void)n; /* a full counter wakes too */
}

/* Both sides exchange `asleep`, so one of them sees the other: either the writer finds the reader
 * asleep, or the reader's look at the rings comes after the writer's push. */
void bell_ring(struct bell *b)
{
    if (atomic_exchange_explicit(&b->asleep, false, memory_order_acq_rel))
        bell_ring_loud(b);
}

void bell_asleep(struct bell *b)
{
    (void)atomic_exchange_explicit(&b->asleep, true, memory_order_acq_rel);
}

void bell_awake(struct bell *b)
{
    (void)atomic_exchange_explicit(&b->asleep, false, memory_order_acq_rel);
}

void bell_hush(struct bell *b)
{
    uint64_t count;
    ssize_t n = read(b->fd, &count, sizeof(count));

    (void)n;
}
