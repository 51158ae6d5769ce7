/* Owns the set of dialogs that are in progress: their hashes, by age. Forgets the longest silent,
 * since of a phone that lost its power no BYE ever comes. */
#include "element/calls.h"

#include "base/err.h"
#include "base/limits.h"

#define BUCKETS_FIRST 64

struct call {
    struct map_node by_hash;
    struct list by_age;
    pool_id id;
    time_ns heard;
};

int calls_init(struct calls *c, struct mem *mem, const struct hash_key *key)
{
    c->key = *key;
    list_init(&c->by_age);
    pool_init(&c->pool, mem, sizeof(struct call), LIMIT_CALLS);
    return map_init(&c->by_hash, mem, BUCKETS_FIRST);
}

static void end(struct calls *c, struct call *call)
{
    map_remove(&c->by_hash, &call->by_hash);
    list_remove(&call->by_age);
    pool_free(&c->pool, call->id);
}

static struct call *oldest(struct calls *c)
{
    struct list *first = list_first(&c->by_age);
    return first ? CONTAINER_OF(first, struct call, by_age) : NULL;
}

void calls_fini(struct calls *c)
{
    struct call *call;
    if (!c->by_hash.buckets)
        return;
    while ((call = oldest(c)))
        end(c, call);
    map_fini(&c->by_hash);
    pool_fini(&c->pool);
}

uint64_t calls_dialog(const struct calls *c, struct msg *m)
{
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    uint64_t h = siphash13(&c->key, msg_call_id(m));
    if (from)
        h += siphash13(&c->key, from->tag);
    if (to)
        h += siphash13(&c->key, to->tag);
    return h;
}

static struct call *begin(struct calls *c, uint64_t dialog)
{
    pool_id id;
    if (c->pool.live == LIMIT_CALLS)
        end(c, oldest(c));
    struct call *call = pool_alloc(&c->pool, &id);
    if (!call)
        return NULL;
    call->id = id;
    list_init(&call->by_age);
    map_insert(&c->by_hash, &call->by_hash, dialog);
    return call;
}

static struct call *find(const struct calls *c, uint64_t dialog)
{
    struct map_node *n = map_find(&c->by_hash, dialog);
    return n ? CONTAINER_OF(n, struct call, by_hash) : NULL;
}

static void touch(struct calls *c, struct call *call, time_ns now)
{
    call->heard = now;
    list_remove(&call->by_age);
    list_append(&c->by_age, &call->by_age);
}

void calls_stands(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call = find(c, dialog);
    if (!call)
        call = begin(c, dialog);
    if (call)
        touch(c, call, now);
}

void calls_heard(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call = find(c, dialog);
    if (call)
        touch(c, call, now);
}

void calls_over(struct calls *c, uint64_t dialog)
{
    struct call *call = find(c, dialog);
    if (call)
        end(c, call);
}

size_t calls_count(struct calls *c, time_ns now)
{
    struct call *call = oldest(c);
    while (call && time_add(call->heard, LIMIT_CALL_SILENT_S * NS_PER_S) <= now) {
        end(c, call);
        call = oldest(c);
    }
    return c->pool.live;
}
