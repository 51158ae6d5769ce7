/* Composes the shared records, and the keeper where they have to last. */
#include "server/store.h"

#include <assert.h>

#include "base/limits.h"
#include "net/entropy.h"

struct store {
    struct mem *mem;
    struct locations *locations, *accounts, *moments;
    struct keeper *keeper; /* NULL: nothing is kept */
    struct bell bell;      /* of the asker beside the workers … */
    unsigned beside;       /* … who is this one of the keeper's */
};

struct store *store_new(struct mem *mem)
{
    struct hash_key key;
    struct store *s = mem_alloc_zero(mem, sizeof(*s));

    if (!s)
        return NULL;
    s->mem = mem;
    s->bell.fd = -1;
    if (entropy_key(&key)) {
        s->locations = locations_new(mem, &key, LIMIT_LOCATION_RECORDS);
        s->accounts = locations_new(mem, &key, LIMIT_ACCOUNTS);
        s->moments = locations_new(mem, &key, LIMIT_MOMENTS);
    }
    if (s->locations && s->accounts && s->moments)
        return s;
    bool ended = store_free(s, 0);

    assert(ended); /* there was no thread yet */
    (void)ended;
    return NULL;
}

bool store_keep(struct store *s, const char *folder, const struct keeper_config *config,
                struct store_fault *fault)
{
    struct bell *bells[LIMIT_WORKERS + 1];
    struct keeper_config own = *config;

    assert(config->n_askers <= LIMIT_WORKERS);
    s->beside = own.n_askers++;
    memcpy(bells, config->bells, s->beside * sizeof(bells[0]));
    bells[s->beside] = &s->bell;
    own.bells = bells;
    if (bell_init(&s->bell))
        return fault_say(fault, "%s: no descriptor for the store", folder);
    s->keeper = keeper_new(s->mem, folder, &own, s->locations, s->accounts, fault);
    return s->keeper != NULL;
}

bool store_free(struct store *s, time_ns within)
{
    if (!s)
        return true;
    if (!keeper_free(s->keeper, within))
        return false;
    bell_fini(&s->bell);
    locations_free(s->accounts);
    locations_free(s->moments);
    locations_free(s->locations);
    mem_free(s->mem, s, sizeof(*s));
    return true;
}

size_t store_unanswered(const struct store *s)
{
    return s->keeper ? keeper_unanswered(s->keeper) : 0;
}

static bool refuse(struct store_answer *answer, struct block **copy)
{
    *answer = (struct store_answer){.query = answer->query, .status = STORE_FAILED};
    *copy = NULL;
    return true;
}

static struct locations *records_of(const struct store *s, enum store_space space)
{
    switch (space) {
    case STORE_ACCOUNTS:
        return s->accounts;
    case STORE_MOMENTS:
        return s->moments;
    case STORE_LOCATIONS:
        break;
    }
    return s->locations;
}

void store_prefetch(struct store *s, const struct store_ask *asks, unsigned n)
{
    struct locations_place places[STORE_TOGETHER];

    assert(n <= STORE_TOGETHER);
    for (unsigned i = 0; i < n; i++)
        locations_prefetch(records_of(s, asks[i].space), asks[i].key, &places[i]);
    for (unsigned i = 0; i < n; i++)
        locations_prefetch_record(records_of(s, asks[i].space), &places[i]);
}

bool store_ask(struct store *s, struct locations_asker who, const struct store_ask *ask,
               time_ns now, struct block_pool *pool, struct store_answer *answer,
               struct block **copy)
{
    bool lasts = ask->space == STORE_LOCATIONS;

    answer->query = who.query;
    if (ask->op == STORE_PUT && ask->space == STORE_ACCOUNTS)
        return refuse(answer, copy);
    if (ask->op == STORE_PUT && lasts && s->keeper)
        return !keeper_write(s->keeper, who, ask, now, pool, answer, copy);
    locations_ask(records_of(s, ask->space), ask, now, pool, answer, copy);
    return true;
}

bool store_answer(struct store *s, unsigned asker, struct store_answer *out)
{
    return s->keeper && keeper_answer(s->keeper, asker, out);
}

bool store_has_answer(const struct store *s, unsigned asker)
{
    return s->keeper && keeper_has_answer(s->keeper, asker);
}

unsigned store_beside(const struct store *s)
{
    return s->beside;
}

struct bell *store_bell(struct store *s)
{
    return &s->bell;
}

void store_sweep(struct store *s, time_ns now)
{
    locations_sweep(s->locations, now);
    locations_sweep(s->moments, now);
}

struct locations *store_locations(struct store *s)
{
    return s->locations;
}

size_t store_accounts(struct store *s)
{
    return locations_count(s->accounts);
}

size_t store_walk_accounts(struct store *s, struct location_walk *walk,
                           char space[LOCATION_WALK_BYTES], struct location_record *out, size_t max)
{
    return locations_walk(s->accounts, walk, 0, space, out, max); /* they do not end */
}

void store_nudge(struct store *s)
{
    if (s->keeper)
        keeper_nudge(s->keeper);
}

void store_stats(const struct store *s, struct keeper_stats *out)
{
    *out = (struct keeper_stats){0};
    if (s->keeper)
        keeper_stats(s->keeper, out);
}
