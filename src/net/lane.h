/* A way from one thread to one other: a lane for values of one size, and a bell that wakes its
 * reader only where that sleeps. */
#ifndef TANDEM_NET_LANE_H
#define TANDEM_NET_LANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct lane {
    struct mem *mem;
    char *slots;
    size_t size;
    uint32_t mask;
    char apart_from_constants[64];
    _Atomic uint32_t head; /* the writer's: next slot to fill */
    char apart_from_writer[64];
    _Atomic uint32_t tail; /* the reader's: next slot to take */
    char apart_from_next[64];
};

/* `n` values of `size` bytes; n is a power of two. ERR_NOMEM. */
MUST_USE int lane_init(struct lane *l, struct mem *mem, size_t size, uint32_t n);
void lane_fini(struct lane *l);
/* One thread writes: copies the value in. False: full. */
MUST_USE bool lane_push(struct lane *l, const void *value);
/* One thread reads: copies the oldest value out. False: empty. */
MUST_USE bool lane_pop(struct lane *l, void *value);
bool lane_is_empty(const struct lane *l);

/* Many lanes may share their reader's bell. The reader's way to sleep:
 *     bell_asleep(b);
 *     if (all lanes are empty) wait until bell_fd is readable, or for something else;
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
/* From outside the lanes (a flag was set): always wakes. */
void bell_ring_loud(struct bell *b);
void bell_asleep(struct bell *b);
void bell_awake(struct bell *b);
/* Takes back what made bell_fd readable; call it when it is. */
void bell_hush(struct bell *b);

#endif
