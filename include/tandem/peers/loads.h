/* How many calls are under way at each peer, and how fast they come: counters that all workers of a
 * server share. Each operation is a few atomic ones; nobody ever waits. Knows no set and no
 * transaction: whoever sends a call to a peer takes, and gives once it is over. */
#ifndef TANDEM_PEERS_LOADS_H
#define TANDEM_PEERS_LOADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/time.h"

struct loads;

/* A peer's counters, and what it may have; slot 0: it is not counted. */
struct load {
    uint32_t slot;
    uint32_t most; /* calls at once; 0: any number */
    uint32_t rate; /* calls a second, a second's worth of them at once; 0: any number */
};

/* For `n` peers. NULL: no memory. */
struct loads *loads_new(struct mem *, size_t n);
void loads_free(struct loads *); /* NULL is legal */
/* The slot of a peer by a hash of its name, now and for ever; 0: there is no room for one more. */
uint32_t loads_slot(struct loads *, uint64_t peer);
/* One call more. False: it has as many as it may have, and `now` is no better. */
MUST_USE bool loads_take(struct loads *, const struct load *, time_ns now);
/* … one less. */
void loads_give(struct loads *, uint32_t slot);
/* Would loads_take not be refused? */
bool loads_have_room(const struct loads *, const struct load *, time_ns now);
/* Would loads_take be refused? Then it counts as passed over. */
bool loads_full(struct loads *, const struct load *, time_ns now);
uint32_t loads_calls(const struct loads *, uint32_t slot);
/* How often it was passed over because it was full. */
uint64_t loads_refused(const struct loads *, uint32_t slot);

#endif
