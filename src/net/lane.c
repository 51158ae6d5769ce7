/* Moves values between two threads without locks; knows nothing of the values. */
#include "net/lane.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"

int lane_init(struct lane *l, struct mem *mem, size_t size, uint32_t n)
{
    assert(n > 0 && (n & (n - 1)) == 0);
    l->slots = mem_alloc(mem, size * n);
    if (!l->slots)
        return ERR_NOMEM;
    l->mem = mem;
    l->size = size;
    l->mask = n - 1;
    atomic_init(&l->head, 0);
    atomic_init(&l->tail, 0);
    return OK;
}

void lane_fini(struct lane *l)
{
    if (l->slots)
        mem_free(l->mem, l->slots, l->size * ((size_t)l->mask + 1));
    l->slots = NULL;
}

bool lane_push(struct lane *l, const void *value)
{
    uint32_t head = atomic_load_explicit(&l->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&l->tail, memory_order_acquire);

    if (head - tail > l->mask)
        return false;
    memcpy(l->slots + l->size * (head & l->mask), value, l->size);
    atomic_store_explicit(&l->head, head + 1, memory_order_release);
    return true;
}

bool lane_pop(struct lane *l, void *value)
{
    uint32_t tail = atomic_load_explicit(&l->tail, memory_order_relaxed);

    if (atomic_load_explicit(&l->head, memory_order_acquire) == tail)
        return false;
    memcpy(value, l->slots + l->size * (tail & l->mask), l->size);
    atomic_store_explicit(&l->tail, tail + 1, memory_order_release);
    return true;
}

bool lane_is_empty(const struct lane *l)
{
    return atomic_load_explicit(&l->head, memory_order_acquire) ==
           atomic_load_explicit(&l->tail, memory_order_relaxed);
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
 * asleep, or the reader's look at the lanes comes after the writer's push. */
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
