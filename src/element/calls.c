/* Owns the set of dialogs that are in progress: their hashes, by age. Forgets the longest silent,
 * since of a phone that lost its power no BYE ever comes. Remembers for a while which are over. */
#include "element/calls.h"

#include "base/err.h"
#include "base/limits.h"

#define BUCKETS_FIRST 64

struct call {
    struct map_node by_hash;
    struct list by_age; /* in `standing` or `over` */
    pool_id id;
    time_ns heard; /* or ended */
    bool over;
    uint32_t load; /* the slot of its peer; 0: none */
};

int calls_init(struct calls *c, struct mem *mem, const struct hash_key *key, struct loads *loads)
{
    c->key = *key;
    c->loads = loads;
    c->n_over = 0;
    list_init(&c->standing);
    list_init(&c->over);
    pool_init(&c->pool, mem, sizeof(struct call), LIMIT_CALLS + LIMIT_CALLS_OVER + 1);
    return map_init(&c->by_hash, mem, BUCKETS_FIRST);
}

static void unburden(struct calls *c, struct call *call)
{
    if (call->load)
        loads_give(c->loads, call->load);
    call->load = 0;
}

static void forget(struct calls *c, struct call *call)
{
    unburden(c, call);
    map_remove(&c->by_hash, &call->by_hash);
    list_remove(&call->by_age);
    c->n_over -= call->over;
    pool_free(&c->pool, call->id);
}

static struct call *oldest(struct list *of)
{
    struct list *first = list_first(of);
    return first ? CONTAINER_OF(first, struct call, by_age) : NULL;
}

/* Those of which nothing was heard for `span`. */
static void forget_silent(struct calls *c, struct list *of, time_ns span, time_ns now)
{
    struct call *call;
    while ((call = oldest(of)) && time_add(call->heard, span) <= now)
        forget(c, call);
}

void calls_fini(struct calls *c)
{
    if (!c->by_hash.mem)
        return;
    forget_silent(c, &c->standing, 0, TIME_NEVER);
    forget_silent(c, &c->over, 0, TIME_NEVER);
    map_fini(&c->by_hash);
    pool_fini(&c->pool);
}

uint64_t calls_named(const struct calls *c, struct str call_id, struct str tag, struct str other)
{
    struct siphash h;
    siphash_init(&h, &c->key);
    siphash_text(&h, call_id);
    siphash_pair(&h, tag, other);
    return siphash_end(&h);
}

uint64_t calls_dialog(const struct calls *c, struct msg *m)
{
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    return calls_named(c, msg_call_id(m), from ? from->tag : STR_NONE, to ? to->tag : STR_NONE);
}

static size_t standing(const struct calls *c)
{
    return c->pool.live - c->n_over;
}

static struct call *begin(struct calls *c, uint64_t dialog)
{
    pool_id id;
    struct call *call = pool_alloc(&c->pool, &id);
    if (!call)
        return NULL;
    call->id = id;
    call->over = false;
    call->load = 0;
    list_init(&call->by_age);
    map_insert(&c->by_hash, &call->by_hash, dialog);
    return call;
}

static struct call *find(const struct calls *c, uint64_t dialog)
{
    struct map_node *n = map_find(&c->by_hash, dialog);
    return n ? CONTAINER_OF(n, struct call, by_hash) : NULL;
}

static void touch(struct list *in, struct call *call, time_ns now)
{
    call->heard = now;
    list_remove(&call->by_age);
    list_append(in, &call->by_age);
}

void calls_stands(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call;
    forget_silent(c, &c->over, LIMIT_CALL_OVER_S * NS_PER_S, now);
    call = find(c, dialog);
    if (!call && standing(c) == LIMIT_CALLS)
        forget(c, oldest(&c->standing));
    if (!call)
        call = begin(c, dialog);
    if (call && !call->over)
        touch(&c->standing, call, now);
}

void calls_burden(struct calls *c, uint64_t dialog, uint32_t load)
{
    struct call *call = find(c, dialog);
    if (call && !call->over && !call->load)
        call->load = load;
    else if (load)
        loads_give(c->loads, load);
}

void calls_heard(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call = find(c, dialog);
    if (call && !call->over)
        touch(&c->standing, call, now);
}

static void end(struct calls *c, struct call *call, time_ns now)
{
    if (call->over)
        return;
    if (c->n_over == LIMIT_CALLS_OVER)
        forget(c, oldest(&c->over));
    unburden(c, call);
    call->over = true;
    c->n_over++;
    touch(&c->over, call, now);
}

void calls_over(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call;
    forget_silent(c, &c->over, LIMIT_CALL_OVER_S * NS_PER_S, now);
    call = find(c, dialog);
    if (!call)
        call = begin(c, dialog);
    if (call)
        end(c, call, now);
}

void calls_gone(struct calls *c, uint64_t dialog, time_ns now)
{
    struct call *call = find(c, dialog);
    if (call)
        end(c, call, now);
}

size_t calls_count(struct calls *c, time_ns now)
{
    forget_silent(c, &c->standing, LIMIT_CALL_SILENT_S * NS_PER_S, now);
    forget_silent(c, &c->over, LIMIT_CALL_OVER_S * NS_PER_S, now);
    return standing(c);
}
