/* A fixed array of sources and a map over it: an index from addresses, and whose place is given to
 * another. Judges nobody. */
#include "guard/table.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"

struct source_key {
    uint64_t prefix;
    uint32_t scope;
    uint32_t family;
};

int table_init(struct table *t, struct mem *mem, unsigned cap)
{
    *t = (struct table){.cap = cap};
    assert(cap > 0);
    /* not zeroed: what is not in use yet costs no memory */
    t->sources = mem_alloc(mem, cap * sizeof(struct source));
    if (!t->sources)
        return ERR_NOMEM;
    if (map_init(&t->by_addr, mem, cap) == OK)
        return OK;
    mem_free(mem, t->sources, cap * sizeof(struct source));
    return ERR_NOMEM;
}

void table_fini(struct table *t, struct mem *mem)
{
    for (uint32_t i = 0; i < t->n; i++)
        map_remove(&t->by_addr, &t->sources[i].node);
    map_fini(&t->by_addr);
    mem_free(mem, t->sources, t->cap * sizeof(struct source));
}

static bool is_mapped(const struct addr *a)
{
    static const uint8_t head[12] = {[10] = 0xff, [11] = 0xff};

    return a->family == ADDR_IP6 && memcmp(a->ip, head, sizeof head) == 0;
}

static struct source_key key_of(const struct addr *a)
{
    struct source_key k = {.family = a->family};

    if (a->family == ADDR_IP4 || is_mapped(a)) {
        k.family = ADDR_IP4;
        memcpy(&k.prefix, a->ip + (a->family == ADDR_IP4 ? 0 : 12), 4);
        return k;
    }
    memcpy(&k.prefix, a->ip, 8);
    k.scope = a->scope;
    return k;
}

static uint64_t hash_of(const struct guard *g, const struct source_key *k)
{
    return siphash13(&g->key, (struct str){(const char *)k, sizeof *k});
}

static struct source *find(const struct guard *g, const struct source_key *k, uint64_t hash)
{
    for (struct map_node *n = map_find(&g->table.by_addr, hash); n; n = map_find_next(n)) {
        struct source *s = (struct source *)n;

        if (s->prefix == k->prefix && s->scope == k->scope && s->family == k->family)
            return s;
    }
    return NULL;
}

struct source *source_find(const struct guard *g, const struct addr *a)
{
    struct source_key k = key_of(a);

    return find(g, &k, hash_of(g, &k));
}

static bool is_dear(const struct source *s, time_ns now)
{
    return is_banned(s, now) || is_good(s, now);
}

/* Is it rather `a` than `b` that makes room? */
static bool gives_way(const struct source *a, const struct source *b, time_ns now)
{
    if (is_dear(a, now) != is_dear(b, now))
        return is_dear(b, now);
    return a->heard < b->heard;
}

static struct source *give_up_one(struct table *t, time_ns now)
{
    struct source *least = &t->sources[t->next];
    uint32_t looks = t->n < LIMIT_GUARD_CHOICE ? t->n : LIMIT_GUARD_CHOICE;

    for (uint32_t i = 1; i < looks; i++) {
        struct source *s = &t->sources[(t->next + i) % t->n];

        if (gives_way(s, least, now))
            least = s;
    }
    t->next = (t->next + looks) % t->n;
    map_remove(&t->by_addr, &least->node);
    return least;
}

static struct source *place(struct table *t, time_ns now)
{
    return t->n < t->cap ? &t->sources[t->n++] : give_up_one(t, now);
}

struct source *source_watch(struct guard *g, const struct addr *a, time_ns now)
{
    struct source_key k = key_of(a);
    uint64_t hash = hash_of(g, &k);
    struct source *s = find(g, &k, hash);
    struct addr own;

    if (s)
        return s;
    s = place(&g->table, now);
    *s = (struct source){.prefix = k.prefix,
                         .scope = k.scope,
                         .family = (uint8_t)k.family,
                         .is_local = addr_is_loopback(a),
                         .heard = now,
                         .counted = now};
    map_insert(&g->table.by_addr, &s->node, hash);
    source_addr(s, &own);
    s->trust = (uint8_t)trust_of(g, &own);
    return s;
}

void table_move(struct guard *g, struct table *to, time_ns now)
{
    struct table *from = &g->table;

    for (uint32_t i = 0; i < from->n; i++) {
        struct source *old = &from->sources[i];
        struct source *s = place(to, now);

        *s = *old;
        map_insert(&to->by_addr, &s->node, old->node.hash);
    }
}

void source_addr(const struct source *s, struct addr *out)
{
    *out = (struct addr){.family = s->family, .scope = s->scope};
    memcpy(out->ip, &s->prefix, s->family == ADDR_IP4 ? 4 : 8);
}
