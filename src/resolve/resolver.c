/* The resolver as a whole, and its open questions: one for all searches that wait for it. Knows no
 * rule of where a server is found. */
#include <assert.h>

#include "base/err.h"
#include "resolve/parts.h"

#define SEARCHES_MOST (2 * LIMIT_TX + 16)

struct resolver *resolver_new(struct mem *mem, struct block_pool *blocks,
                              const struct hash_key *key)
{
    struct resolver *r = mem_alloc_zero(mem, sizeof *r);
    if (!r)
        return NULL;
    r->mem = mem;
    r->blocks = blocks;
    r->key = r->avoid.key = *key;
    pool_init(&r->searches, mem, sizeof(struct search), SEARCHES_MOST);
    pool_init(&r->asks, mem, sizeof(struct ask), LIMIT_DNS_QUESTIONS);
    pool_init(&r->waits, mem, sizeof(struct wait), SEARCHES_MOST);
    list_init(&r->by_age);
    list_init(&r->ended);
    if (map_init(&r->by_question, mem, 16) == OK && cache_init(&r->cache, mem, blocks, key) == OK)
        return r;
    resolver_free(r);
    return NULL;
}

static void drop_wait(struct resolver *r, struct ask *a, struct wait *w)
{
    list_remove(&w->on_ask);
    a->n_waits--;
    pool_free(&r->waits, w->id);
}

static void drop_ask(struct resolver *r, struct ask *a)
{
    LIST_EACH (&a->waits, node, after) {
        drop_wait(r, a, CONTAINER_OF(node, struct wait, on_ask));
    }
    map_remove(&r->by_question, &a->by_question);
    list_remove(&a->by_age);
    r->n_untaken -= !a->taken;
    pool_free(&r->asks, a->id);
}

void resolver_free(struct resolver *r)
{
    pool_id id;
    struct ask *a;
    if (!r)
        return;
    for (uint32_t cursor = 0; (a = pool_each(&r->asks, &cursor, &id)) != NULL;)
        drop_ask(r, a);
    for (uint32_t cursor = 0; pool_each(&r->searches, &cursor, &id) != NULL;)
        resolver_drop(r, id);
    cache_fini(&r->cache);
    if (r->by_question.mem)
        map_fini(&r->by_question);
    pool_fini(&r->searches);
    pool_fini(&r->asks);
    pool_fini(&r->waits);
    mem_free(r->mem, r, sizeof *r);
}

void resolver_can(struct resolver *r, enum transport t, enum addr_family family)
{
    if (t < RESOLVE_TRANSPORTS)
        r->families[t] |= family == ADDR_IP4 ? FAMILY_IP4 : FAMILY_IP6;
}

void resolver_hosts(struct resolver *r, const struct hosts *hosts)
{
    r->hosts = hosts;
    cache_clear(&r->cache);
}

static struct ask *find_ask(const struct resolver *r, const struct dns_question *q)
{
    struct map_node *n = map_find(&r->by_question, cache_hash(&r->key, q));
    for (; n; n = map_find_next(n)) {
        struct ask *a = CONTAINER_OF(n, struct ask, by_question);
        if (a->type == q->type && str_equal_nocase((struct str){a->name, a->name_len}, q->name))
            return a;
    }
    return NULL;
}

static struct ask *new_ask(struct resolver *r, const struct dns_question *q, time_ns now)
{
    pool_id id;
    struct ask *a = dns_is_name(q->name) ? pool_alloc(&r->asks, &id) : NULL;
    if (!a)
        return NULL;
    a->id = id;
    a->type = q->type;
    a->name_len = (uint8_t)q->name.len;
    memcpy(a->name, q->name.at, q->name.len);
    a->until = time_add(now, LIMIT_DNS_WAIT_S * NS_PER_S);
    list_init(&a->by_age);
    list_init(&a->waits);
    list_append(&r->by_age, &a->by_age);
    map_insert(&r->by_question, &a->by_question, cache_hash(&r->key, q));
    r->n_untaken++;
    return a;
}

static bool waits_already(const struct ask *a, const struct search *s)
{
    LIST_EACH (&a->waits, node, after) {
        if (CONTAINER_OF(node, struct wait, on_ask)->search == s->id)
            return true;
    }
    return false;
}

int ask_wait(struct resolver *r, struct search *s, const struct dns_question *q, time_ns now)
{
    pool_id id;
    struct ask *a = find_ask(r, q);
    if (a && waits_already(a, s))
        return OK;
    struct wait *w = pool_alloc(&r->waits, &id);
    if (!w)
        return ERR_NOMEM;
    a = a ? a : new_ask(r, q, now);
    if (!a) {
        pool_free(&r->waits, id);
        return r->asks.live == r->asks.max ? ERR_LIMIT : ERR_NOMEM;
    }
    w->id = id;
    w->search = s->id;
    list_append(&a->waits, &w->on_ask);
    a->n_waits++;
    s->outstanding++;
    return OK;
}

static struct dns_question question_of(const struct ask *a)
{
    return (struct dns_question){{a->name, a->name_len}, a->type};
}

/* The untaken ones are the youngest. */
bool resolver_question(struct resolver *r, uint64_t *id, struct dns_question *out)
{
    if (r->n_untaken == 0)
        return false;
    struct list *node = r->by_age.prev;
    for (size_t i = 1; i < r->n_untaken; i++)
        node = node->prev;
    struct ask *a = CONTAINER_OF(node, struct ask, by_age);
    assert(!a->taken);
    a->taken = true;
    r->n_untaken--;
    r->stats.questions++;
    *id = a->id;
    *out = question_of(a);
    return true;
}

bool resolver_is_open(const struct resolver *r, uint64_t id, struct dns_question *out)
{
    const struct ask *a = pool_get(&r->asks, id);
    if (a)
        *out = question_of(a);
    return a != NULL;
}

size_t resolver_waiting(const struct resolver *r, uint64_t id)
{
    const struct ask *a = pool_get(&r->asks, id);
    return a ? a->n_waits : 0;
}

/* All searches have the answer before the first one goes on. */
static void give(struct resolver *r, struct ask *a, struct block *answer, time_ns now)
{
    LIST_EACH (&a->waits, node, after) {
        struct search *s = pool_get(&r->searches, CONTAINER_OF(node, struct wait, on_ask)->search);
        if (s)
            search_keep(r, s, answer);
    }
    struct list waits;
    list_init(&waits);
    LIST_EACH (&a->waits, node, after) {
        list_remove(node);
        list_append(&waits, node);
    }
    a->n_waits = 0;
    drop_ask(r, a);
    LIST_EACH (&waits, node, after) {
        struct wait *w = CONTAINER_OF(node, struct wait, on_ask);
        struct search *s = pool_get(&r->searches, w->search);
        list_remove(node);
        pool_free(&r->waits, w->id);
        if (s && --s->outstanding == 0 && search_run(r, s, now))
            list_append(&r->ended, &s->ended);
    }
}

int resolver_answered(struct resolver *r, uint64_t id, struct str message, time_ns now)
{
    struct ask *a = pool_get(&r->asks, id);
    if (!a)
        return ERR_STALE;
    struct dns_question q = question_of(a);
    struct block *answer = dns_parse(r->blocks, &q, message);
    if (!answer)
        return ERR_NOMEM;
    if (dns_answer(answer)->status == DNS_FAILED)
        r->stats.failures++;
    else
        r->stats.answers++;
    cache_put(&r->cache, answer, now);
    give(r, a, answer, now);
    block_unref(r->blocks, answer);
    return OK;
}

static struct ask *oldest(const struct resolver *r)
{
    struct list *node = list_first(&r->by_age);
    return node ? CONTAINER_OF(node, struct ask, by_age) : NULL;
}

bool resolver_expire(struct resolver *r, time_ns now)
{
    struct ask *a = oldest(r);
    if (!a || a->until > now)
        return false;
    /* Without memory for the answer it comes up again a little later. */
    if (resolver_answered(r, a->id, STR_NONE, now) != OK) {
        a->until = time_add(now, NS_PER_S);
        return false;
    }
    return true;
}

time_ns resolver_deadline(const struct resolver *r)
{
    const struct ask *a = oldest(r);
    return a ? a->until : TIME_NEVER;
}

void resolver_avoid(struct resolver *r, const struct resolve_target *t, time_ns now, time_ns until)
{
    time_ns most = time_add(now, LIMIT_RESOLVE_AVOID_MOST_S * NS_PER_S);
    avoid_add(&r->avoid, t, now, time_min(until, most));
}

void resolver_heed(struct resolver *r, const struct resolve_target *t)
{
    avoid_remove(&r->avoid, t);
}

bool resolver_avoids(const struct resolver *r, const struct resolve_target *t, time_ns now)
{
    return avoid_has(&r->avoid, t, now);
}

void resolver_stats(const struct resolver *r, time_ns now, struct resolver_stats *out)
{
    *out = r->stats;
    out->open = r->asks.live;
    out->cached = r->cache.entries.live;
    out->avoided = avoid_count(&r->avoid, now);
}
