/* The table's insides: calls, what they own, and the maps that find them. Private to trace/. */
#ifndef TANDEM_SRC_TRACE_TABLE_H
#define TANDEM_SRC_TRACE_TABLE_H

#include "base/map.h"
#include "trace/calls.h"
#include "trace/read.h"

struct call {
    struct trace_call open; /* the first member */
    struct map_node by_id;
    struct list by_use; /* the call whose last message is the longest ago first */
    size_t size;
    uint32_t n_transactions, n_dialogs;
};

struct held_mark {
    struct map_node node;
    struct call *call;
    const struct trace_item *item;
    struct mark mark;
};

/* An announced address. One of equal addresses is in the map: the last one. */
struct held_place {
    struct map_node node;
    bool listed;
    struct call *call;
    const struct trace_item *item;
    struct place place;
    struct addr side; /* who announced it first, of all hops and legs */
};

/* An item with all that came of it, in one piece of memory. */
struct entry {
    struct trace_item item; /* the first member */
    uint64_t hash;          /* of its text */
    size_t size;
    unsigned n_marks, n_places;
    struct held_mark *marks;
    struct held_place *places;
};

struct trace_calls {
    struct mem *mem;
    struct hash_key key;
    struct desk *desk;
    struct map ids, marks, places;
    struct list calls, used;
    size_t bytes, most_bytes;
    uint32_t n_calls;
    uint64_t serial;
    /* RTP that no description announced: streams that are shown, in their order, and all by who was
     * silent for longest. */
    struct map strangers_by_key;
    struct list strangers, believed, doubtful;
    uint32_t n_believed, n_doubtful;
    struct trace_counts counts;
    const struct call *last_call; /* whose event was the last one */
    const struct trace_item *last_item;
};

static inline struct call *call_of(const struct trace_call *c)
{
    return (struct call *)(uintptr_t)c;
}

static inline struct entry *entry_of(struct list *node)
{
    return (struct entry *)(void *)CONTAINER_OF(node, struct trace_item, in_call);
}

/* entry.c: puts an entry of what was read into the call, by its time, numbered. */
MUST_USE struct entry *entry_new(struct trace_calls *, const struct reading *);
void entry_insert(struct trace_calls *, struct call *, struct entry *);
/* Takes it out of everything and frees it. */
void entry_drop(struct trace_calls *, struct call *, struct entry *);
/* The same bytes that went the same way before; NULL: these are new. */
struct entry *entry_repeated(const struct call *, const struct reading *, uint64_t hash);
void entry_repeat(struct call *, struct entry *, unix_ns at);
uint64_t entry_hash(const struct trace_calls *, struct str text);

/* join.c: joins a call that begins with what its first request belongs to. */
void call_join(struct trace_calls *, struct call *, const struct reading *);
void call_part(struct call *);
void mark_hold(struct trace_calls *, struct held_mark *);
bool calls_are_joined(const struct trace_call *, const struct trace_call *);

/* media.c: announced addresses, and the streams between them. */
void place_hold(struct trace_calls *, struct held_place *);
void place_drop(struct trace_calls *, struct held_place *);

#endif
