/* A way from one thread to one other: a ring of values of one size, and a bell that wakes its
 * reader only where that sleeps. */
#ifndef TANDEM_NET_RING_H
#define TANDEM_NET_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct ring {
    struct mem *mem;
    char *slots;
    size_t size;
    uint32_t mask;
    _Alignas(64) _Atomic uint32_t head; /* the writer's: next slot to fill */
    _Alignas(64) _Atomic uint32_t tail; /* the reader's: next slot to take */
};

/* `n` values of `size` bytes; n is a power of two. ERR_NOMEM. */
MUST_USE int ring_init(struct ring *r, struct mem *mem, size_t size, uint32_t n);
void ring_fini(struct ring *r);
/* One thread writes: copies the value in. False: full. */
MUST_USE bool ring_push(struct ring *r, const void *value);
/* One thread reads: copies the oldest value out. False: empty. */
MUST_USE bool ring_pop(struct ring *r, void *value);
bool ring_is_empty(const struct ring *r);

/* Many rings may share their reader's bell. The reader's way to sleep:
 *     bell_asleep(b);
 *     if (all rings are empty) wait until bell_fd is readable, or for something else;
 *     bell_awake(b);
 * A value pushed before bell_ring is then never overslept. */
struct bell {
    int fd;
    _Atomic bool asleep;
};

/* 0 or an errno value. */
MUST_USE int bell_init(struct bell *b);
void bell_fini(struct bell *b);
/* After pushing, once for any number of values. A system call only where the reader sleeps. */
void bell_ring(struct bell *b);
/* From outside the rings (a flag was set): always wakes. */
void bell_ring_loud(struct bell *b);
void bell_asleep(struct bell *b);
void bell_awake(struct bell *b);
/* Takes back what made bell_fd readable; call it when it is. */
void bell_hush(struct bell *b);

#endif
