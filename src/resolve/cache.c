/* Answers that are remembered for as long as they hold (RFC 1035 7.4, RFC 2308). Asks nothing. */
#include "resolve/cache.h"

#include "base/err.h"

struct entry {
    pool_id id;
    struct map_node by_question;
    struct list by_use;
    struct block *answer;
    time_ns until;
};

int cache_init(struct cache *c, struct mem *mem, struct block_pool *blocks,
               const struct hash_key *key)
{
    *c = (struct cache){.mem = mem, .blocks = blocks, .key = *key};
    pool_init(&c->entries, mem, sizeof(struct entry), LIMIT_DNS_CACHE);
    list_init(&c->by_use);
    return map_init(&c->by_question, mem, 16);
}

static void forget(struct cache *c, struct entry *e)
{
    map_remove(&c->by_question, &e->by_question);
    list_remove(&e->by_use);
    block_unref(c->blocks, e->answer);
    pool_free(&c->entries, e->id);
}

void cache_clear(struct cache *c)
{
    struct list *node;
    while ((node = list_first(&c->by_use)) != NULL)
        forget(c, CONTAINER_OF(node, struct entry, by_use));
}

void cache_fini(struct cache *c)
{
    if (!c->by_question.mem)
        return;
    cache_clear(c);
    map_fini(&c->by_question);
    pool_fini(&c->entries);
}

uint64_t cache_hash(const struct hash_key *key, const struct dns_question *q)
{
    return siphash13_nocase(key, q->name) ^ q->type * UINT64_C(0x9e3779b97f4a7c15);
}

static struct entry *find(const struct cache *c, const struct dns_question *q)
{
    struct map_node *n = map_find(&c->by_question, cache_hash(&c->key, q));
    for (; n; n = map_find_next(n)) {
        struct entry *e = CONTAINER_OF(n, struct entry, by_question);
        const struct dns_question *of = &dns_answer(e->answer)->question;
        if (of->type == q->type && str_equal_nocase(of->name, q->name))
            return e;
    }
    return NULL;
}

static void touch(struct cache *c, struct entry *e)
{
    list_remove(&e->by_use);
    list_append(&c->by_use, &e->by_use);
}

struct block *cache_get(struct cache *c, const struct dns_question *q, time_ns now)
{
    struct entry *e = find(c, q);
    if (!e)
        return NULL;
    if (e->until <= now) {
        forget(c, e);
        return NULL;
    }
    touch(c, e);
    return e->answer;
}

static uint32_t clamp(uint32_t n, uint32_t least, uint32_t most)
{
    return n < least ? least : n > most ? most : n;
}

static uint32_t holds_for(const struct dns_answer *a)
{
    if (a->status == DNS_FAILED)
        return LIMIT_DNS_FAILED_S;
    bool negative = a->status == DNS_NONE && a->alias.len == 0;
    return clamp(a->ttl_s, LIMIT_DNS_TTL_LEAST_S,
                 negative ? LIMIT_DNS_NEGATIVE_MOST_S : LIMIT_DNS_TTL_MOST_S);
}

static struct entry *room_for_one(struct cache *c)
{
    pool_id id;
    if (c->entries.live == LIMIT_DNS_CACHE)
        forget(c, CONTAINER_OF(list_first(&c->by_use), struct entry, by_use));
    struct entry *e = pool_alloc(&c->entries, &id);
    if (!e)
        return NULL;
    e->id = id;
    list_init(&e->by_use);
    return e;
}

void cache_put(struct cache *c, struct block *answer, time_ns now)
{
    const struct dns_answer *a = dns_answer(answer);
    struct entry *e = find(c, &a->question);
    block_ref(answer);
    if (e) {
        block_unref(c->blocks, e->answer);
    } else {
        e = room_for_one(c);
        if (!e) {
            block_unref(c->blocks, answer);
            return;
        }
        map_insert(&c->by_question, &e->by_question, cache_hash(&c->key, &a->question));
    }
    e->answer = answer;
    e->until = time_add(now, holds_for(a) * NS_PER_S);
    touch(c, e);
}
