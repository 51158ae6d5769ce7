/* How many calls are in progress through this element, as far as who keeps no dialog can know: a
 * dialog counts from the 2xx to its INVITE to its BYE. Knows no message's way. */
#ifndef TANDEM_SRC_ELEMENT_CALLS_H
#define TANDEM_SRC_ELEMENT_CALLS_H

#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/siphash.h"
#include "base/time.h"
#include "msg/msg.h"
#include "peers/loads.h"

struct calls {
    struct hash_key key;
    struct pool pool;
    struct map by_hash;
    struct list standing; /* the longest silent first */
    struct list over;     /* the one that ended first first */
    size_t n_over;
    struct loads *loads; /* where the calls at peers are counted */
};

/* ERR_NOMEM: not initialised. */
MUST_USE int calls_init(struct calls *c, struct mem *mem, const struct hash_key *key,
                        struct loads *);
/* Legal where calls_init failed on zeroed storage. */
void calls_fini(struct calls *c);

/* What tells a dialog from others, whichever side sends (RFC 3261 12). */
uint64_t calls_dialog(const struct calls *c, struct msg *m);
uint64_t calls_named(const struct calls *c, struct str call_id, struct str tag, struct str other);
/* It stands, unless it was over within LIMIT_CALL_OVER_S: a 2xx that is retransmitted behind the
 * BYE begins nothing anew. Where there is no memory it does not count. */
void calls_stands(struct calls *c, uint64_t dialog, time_ns now);
/* This slot of the loads is given back when the call is over; at once, if it does not stand or has
 * one already. 0 is legal. */
void calls_burden(struct calls *c, uint64_t dialog, uint32_t load);
/* Both sides are there still. Legal for one that is not known. */
void calls_heard(struct calls *c, uint64_t dialog, time_ns now);
/* A BYE ended it. One that is not known is remembered so, too: its 2xx may be behind the BYE. */
void calls_over(struct calls *c, uint64_t dialog, time_ns now);
/* A side says that it has ended. Legal for one that is not known. */
void calls_gone(struct calls *c, uint64_t dialog, time_ns now);
/* Those that were heard of within LIMIT_CALL_SILENT_S. */
size_t calls_count(struct calls *c, time_ns now);

#endif
