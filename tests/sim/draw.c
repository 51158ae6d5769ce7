/* Draws a plan from a seed: all choices are made here, none while it runs. */
#include <assert.h>
#include <string.h>

#include "base/rand.h"
#include "base/siphash.h"
#include "sim/worlds.h"

struct draw {
    struct plan *plan;
    const struct world_kind *kind;
    struct rand rand;
    uint32_t phones, calls, now;
};

static uint32_t below(struct draw *d, uint64_t bound)
{
    return (uint32_t)rand_below(&d->rand, bound);
}

static bool chance(struct draw *d, unsigned per_mille)
{
    return below(d, 1000) < per_mille;
}

static void add(struct draw *d, enum act_kind kind, uint32_t a, uint32_t b, uint32_t c)
{
    struct plan *p = d->plan;
    assert(p->n_acts < PLAN_ACTS);
    p->acts[p->n_acts++] = (struct act){d->now, kind, a, b, c};
}

static void draw_knobs(struct draw *d)
{
    for (size_t i = 0; i < N_KNOBS; i++) {
        const struct knob_range *r = &d->kind->knob[i];
        uint32_t value = r->least + below(d, (uint64_t)r->most - r->least + 1);
        d->plan->knob[i] = chance(d, r->per_mille) ? value : 0;
    }
}

static uint32_t phone(struct draw *d)
{
    return below(d, d->phones);
}

static void draw_people(struct draw *d)
{
    const struct world_kind *k = d->kind;
    d->phones = k->phones_min + below(d, k->phones_max - k->phones_min + 1);
    for (uint32_t i = 0; i < d->phones; i++) {
        uint32_t user = below(d, k->users), server = below(d, 3);
        uint32_t way = (uint32_t)chance(d, k->tcp);
        if (k->web > 0 && chance(d, k->web))
            way = 2;
        add(d, ACT_JOIN, i, user | server << 4 | way << 8, below(d, 3));
    }
    for (uint32_t i = 0; i < k->hostile; i++)
        add(d, ACT_HOSTILE, i, below(d, 3), 0);
    for (uint32_t i = 0; i < d->phones; i++) {
        add(d, ACT_MANNER, i, 1 + below(d, UINT32_MAX - 1), 0);
        add(d, ACT_REGISTER, i, 60 + below(d, 600), 0);
    }
}

/* Else 0. */
static uint32_t half_the_time(struct draw *d, uint32_t most)
{
    return chance(d, 500) ? 0 : 1 + below(d, most);
}

/* The arguments of an act, each within what it means; what names nobody does nothing. */
static void draw_act(struct draw *d, enum act_kind kind)
{
    switch (kind) {
    case ACT_REGISTER:
        add(d, kind, phone(d), chance(d, 200) ? 0 : 60 + below(d, 600), 0);
        break;
    case ACT_CALL:
    case ACT_CALL_ALONE:
        add(d, kind, phone(d), phone(d), d->calls++);
        break;
    case ACT_FLOW_ENDS:
        add(d, kind, phone(d), below(d, 2), below(d, 2));
        break;
    case ACT_CANCEL:
    case ACT_HANG_UP:
    case ACT_REINVITE:
    case ACT_WITHIN:
        if (d->calls > 0)
            add(d, kind, below(d, d->calls), below(d, 2), kind == ACT_WITHIN ? below(d, 8) : 0);
        break;
    case ACT_MANNER:
        add(d, kind, phone(d), 1 + below(d, UINT32_MAX - 1), 0);
        break;
    case ACT_DIVERT:
    case ACT_FORWARD:
    case ACT_REQUEST:
    case ACT_FORGE:
        add(d, kind, phone(d), phone(d), below(d, kind == ACT_FORGE ? 100 : 8));
        break;
    case ACT_LARGE:
        add(d, kind, phone(d), phone(d), 200 + below(d, 5000));
        break;
    case ACT_CRASH:
        add(d, kind, phone(d), below(d, 20000), 0);
        break;
    case ACT_PARTITION:
        add(d, kind, below(d, 1u << 16), below(d, 60000), 0);
        break;
    case ACT_SLEEP:
        add(d, kind, below(d, 3), below(d, 3), below(d, 60000));
        break;
    case ACT_END_CALL:
        add(d, kind, below(d, 3), below(d, 3), below(d, 8));
        break;
    case ACT_RESTART:
        add(d, kind, below(d, 3), half_the_time(d, 60000), 0);
        break;
    case ACT_DRAIN:
        add(d, kind, below(d, 3), half_the_time(d, 60000), half_the_time(d, 30000));
        break;
    case ACT_RECONFIGURE:
        add(d, kind, below(d, 3), chance(d, 300) ? 0 : below(d, 64), 0);
        break;
    case ACT_ATTACK:
        add(d, kind, below(d, d->kind->hostile + 1), 1 + below(d, 20), 0);
        break;
    case ACT_JOIN:
    case ACT_HOSTILE:
    case ACT_BREAK:
    case N_ACTS:
        add(d, kind, 0, 0, 0);
        break;
    }
}

static enum act_kind any_act(struct draw *d)
{
    unsigned sum = 0;
    for (size_t i = 0; i < N_ACTS; i++)
        sum += d->kind->weight[i];
    uint32_t at = below(d, sum);
    for (size_t i = 0;; i++) {
        if (at < d->kind->weight[i])
            return (enum act_kind)i;
        at -= d->kind->weight[i];
    }
}

void plan_draw(struct plan *p, const struct world_kind *kind, uint64_t seed)
{
    struct draw d = {.plan = p, .kind = kind};
    /* the kind's name is in it, so that one seed is another run in each kind */
    struct hash_key key = {seed, 0x706c616e};
    struct rand_seed s = rand_seed_from(siphash13(&key, str_from(kind->name)));
    rand_init(&d.rand, &s);
    *p = (struct plan){.seed = seed};
    draw_knobs(&d);
    draw_people(&d);
    d.now = 2000;
    uint32_t n = 1 + below(&d, kind->acts);
    for (uint32_t i = 0; i < n; i++) {
        draw_act(&d, any_act(&d));
        d.now += below(&d, kind->pause);
    }
}
