/* Owns the sets of peers and the order in which their members are asked. */
#include "peers/set.h"

static bool take_set(struct peers *p, struct set *s, const struct config_set *from)
{
    *s = (struct set){.policy = from->policy,
                      .pause = from->probe_s * NS_PER_S,
                      .down_after = from->down_after,
                      .up_after = from->up_after};
    if (!shelf_keep(p->shelf, from->name, &s->name))
        return false;
    s->members = shelf_take(p->shelf, from->members.n * sizeof *s->members);
    if (!s->members)
        return false;
    for (; s->n < from->members.n; s->n++) {
        const struct config_member *m = &from->members.list[s->n];

        s->members[s->n] = (struct member){
            .weight = m->weight,
            .priority = m->priority,
            .load = {loads_slot(p->loads, siphash13(&p->key, m->uri)), m->calls, m->rate}};
        if (!shelf_keep(p->shelf, m->uri, &s->members[s->n].uri))
            return false;
    }
    return set_takes_alive(s, p->shelf, &from->alive);
}

struct peers *peers_new(struct mem *mem, const struct config_set_list *sets,
                        const struct hash_key *key, struct loads *loads, const struct peers *old)
{
    struct peers *p = mem_alloc_zero(mem, sizeof *p);

    if (!p)
        return NULL;
    *p = (struct peers){.mem = mem, .key = *key, .loads = loads, .shelf = shelf_new(mem)};
    p->sets = p->shelf ? shelf_take(p->shelf, (sets->n + 1) * sizeof *p->sets) : NULL;
    for (; p->sets && p->n < sets->n; p->n++)
        if (!take_set(p, &p->sets[p->n], &sets->list[p->n])) {
            peers_free(p);
            return NULL;
        }
    if (p->sets) {
        peers_take_over(p, old);
        return p;
    }
    peers_free(p);
    return NULL;
}

void peers_free(struct peers *p)
{
    if (!p)
        return;
    shelf_free(p->shelf);
    mem_free(p->mem, p, sizeof *p);
}

/* --- the order --- */

/* -log2(u / 2^64) in units of 2^-20, u > 0: exact at powers of two, within a hundredth between. */
static uint64_t minus_log2(uint64_t u)
{
    unsigned zeros = (unsigned)__builtin_clzll(u);
    uint64_t mantissa = (u << zeros << 1) >> 44; /* behind the leading one */
    uint64_t bend = mantissa * ((UINT64_C(1) << 20) - mantissa) >> 20;
    uint64_t log2 = mantissa + bend * 353 / 1024;

    return ((uint64_t)(zeros + 1) << 20) - log2;
}

struct place {
    unsigned member;
    uint64_t cost; /* -log2(u) / weight: the least is asked first (Efraimidis, Spirakis 2006) */
};

static uint64_t cost_of(const struct member *m, uint64_t u)
{
    return m->weight > 0 ? (minus_log2(u | 1) << 24) / m->weight : UINT64_MAX - (u >> 1);
}

static uint64_t draw(const struct peers *p, const struct set *s, unsigned i,
                     const struct peers_request *r, struct rand *rand)
{
    struct str text = s->policy == CONFIG_POLICY_USER ? r->user : r->call_id;

    if (s->policy == CONFIG_POLICY_RANDOM && !r->settled)
        return rand_u64(rand);
    const struct hash_key key = {p->key.k0 ^ siphash13(&p->key, s->members[i].uri), p->key.k1};
    return siphash13(&key, text);
}

static bool comes_before(const struct set *s, const struct place *a, const struct place *b)
{
    unsigned x = s->members[a->member].priority, y = s->members[b->member].priority;

    return x != y ? x < y : a->cost < b->cost;
}

static void put(const struct set *s, struct place *places, unsigned n, struct place one)
{
    unsigned at = n;

    for (; at > 0 && comes_before(s, &one, &places[at - 1]); at--)
        places[at] = places[at - 1];
    places[at] = one;
}

static bool is_any_up(const struct set *s)
{
    for (unsigned i = 0; i < s->n; i++)
        if (!s->members[i].out && !s->members[i].down)
            return true;
    return false;
}

/* The fewest calls for its weight, and by chance among equals. */
static uint64_t burden_of(const struct peers *p, const struct member *m, struct rand *rand)
{
    uint64_t chance = rand_u64(rand) >> 44, calls = loads_calls(p->loads, m->load.slot);

    if (m->weight == 0)
        return UINT64_MAX - chance;
    return (calls << 16) / m->weight << 20 | chance;
}

static uint64_t place_of(const struct peers *p, const struct set *s, unsigned i,
                         const struct peers_request *r, struct rand *rand)
{
    if (s->policy == CONFIG_POLICY_ROUND_ROBIN && !r->settled)
        return (i + s->n - s->turn) % s->n + (s->members[i].weight > 0 ? 0 : s->n);
    if (s->policy == CONFIG_POLICY_LEAST && !r->settled)
        return burden_of(p, &s->members[i], rand);
    return cost_of(&s->members[i], draw(p, s, i, r, rand));
}

static bool is_here(const struct member *m, bool any_up)
{
    return !m->out && !(any_up && m->down);
}

size_t peers_order(struct peers *p, unsigned set, const struct peers_request *r, struct rand *rand,
                   struct peer_choice *out, size_t max)
{
    struct set *s = &p->sets[set];
    struct place places[LIMIT_SET_MEMBERS];
    bool any_up = is_any_up(s);
    size_t n = 0;

    for (unsigned i = 0; i < s->n; i++) {
        const struct member *m = &s->members[i];

        if (!is_here(m, any_up) || (r->is_call && loads_full(p->loads, &m->load, r->now)))
            continue;
        put(s, places, (unsigned)n++, (struct place){i, place_of(p, s, i, r, rand)});
    }
    if (!r->settled)
        s->turn = (s->turn + 1) % s->n;
    for (size_t i = 0; i < n && i < max; i++)
        out[i] = (struct peer_choice){s->members[places[i].member].uri,
                                      s->members[places[i].member].load};
    return n < max ? n : max;
}

bool peers_have_room(const struct peers *p, unsigned set, time_ns now)
{
    const struct set *s = &p->sets[set];
    bool any_up = is_any_up(s);

    for (unsigned i = 0; i < s->n; i++)
        if (is_here(&s->members[i], any_up) && loads_have_room(p->loads, &s->members[i].load, now))
            return true;
    return false;
}

bool peers_any(const struct peers *p, unsigned set)
{
    for (unsigned i = 0; i < p->sets[set].n; i++)
        if (!p->sets[set].members[i].out)
            return true;
    return false;
}
