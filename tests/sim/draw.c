/* Draws a plan from a seed: all choices are made here, none while it runs. */
#include <assert.h>
#include <string.h>

#include "base/rand.h"
#include "base/siphash.h"
#include "sim/gates.h"
#include "sim/numbers.h"
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

/* What an argument of an act may be. Bounds from FIRST_NAMED on name what a run has. */
enum { FIRST_NAMED = UINT32_MAX - 8, PHONE, CALL, NEW_CALL, HOSTILE };

struct argument {
    uint32_t least, bound; /* as many values from the least on; bound 0: 0 */
    unsigned zero;         /* per mille: 0 instead */
};

#define A_PHONE .bound = PHONE
#define A_CALL .bound = CALL
#define A_SERVER .bound = 3
#define BELOW(n) .bound = (n)
#define FROM(least_, n) .least = (least_), .bound = (n)

static const struct argument arguments[N_ACTS][3] = {
    [ACT_REGISTER] = {{A_PHONE}, {FROM(60, 600), .zero = 200}},
    [ACT_CALL] = {{A_PHONE}, {A_PHONE}, {.bound = NEW_CALL}},
    [ACT_CALL_ALONE] = {{A_PHONE}, {A_PHONE}, {.bound = NEW_CALL}},
    [ACT_FLOW_ENDS] = {{A_PHONE}, {BELOW(2)}, {BELOW(2)}},
    [ACT_CALL_GATE] = {{A_PHONE}, {BELOW(1)}, {.bound = NEW_CALL}},
    [ACT_GATE_DIES] = {{BELOW(GATES)}, {BELOW(60000)}},
    [ACT_GATE_OUT] = {{BELOW(GATES)}, {BELOW(2)}},
    [ACT_DIAL] = {{A_PHONE}, {BELOW(2 * N_NUMBER_WAYS)}, {.bound = NEW_CALL}},
    [ACT_CANCEL] = {{A_CALL}},
    [ACT_HANG_UP] = {{A_CALL}, {BELOW(2)}},
    [ACT_REINVITE] = {{A_CALL}, {BELOW(2)}},
    [ACT_WITHIN] = {{A_CALL}, {BELOW(2)}, {BELOW(8)}},
    [ACT_TRANSFER] = {{A_CALL}, {BELOW(2)}, {A_PHONE}},
    [ACT_CONSULT] = {{A_CALL}, {BELOW(2)}, {A_CALL}},
    [ACT_MANNER] = {{A_PHONE}, {FROM(1, FIRST_NAMED - 1)}},
    [ACT_DIVERT] = {{A_PHONE}, {A_PHONE}},
    [ACT_FORWARD] = {{A_PHONE}, {A_PHONE}, {BELOW(8)}},
    [ACT_REQUEST] = {{A_PHONE}, {A_PHONE}, {BELOW(8)}},
    [ACT_FORGE] = {{A_PHONE}, {A_PHONE}, {BELOW(100)}},
    [ACT_LARGE] = {{A_PHONE}, {A_PHONE}, {FROM(200, 5000)}},
    [ACT_CRASH] = {{A_PHONE}, {BELOW(20000)}},
    [ACT_PARTITION] = {{BELOW(1u << 16)}, {BELOW(60000)}},
    [ACT_SLEEP] = {{A_SERVER}, {BELOW(3)}, {BELOW(60000)}},
    [ACT_END_CALL] = {{A_SERVER}, {BELOW(3)}, {BELOW(8)}},
    [ACT_RESTART] = {{A_SERVER}, {FROM(1, 60000), .zero = 500}},
    [ACT_DRAIN] = {{A_SERVER}, {FROM(1, 60000), .zero = 500}, {FROM(1, 30000), .zero = 500}},
    [ACT_RECONFIGURE] = {{A_SERVER}, {BELOW(128), .zero = 300}},
    [ACT_ATTACK] = {{.bound = HOSTILE}, {FROM(1, 20)}},
};

static uint32_t draw_argument(struct draw *d, const struct argument *a)
{
    if (a->bound == PHONE)
        return below(d, d->phones);
    if (a->bound == CALL)
        return below(d, d->calls);
    if (a->bound == NEW_CALL)
        return d->calls++;
    if (a->bound == HOSTILE)
        return below(d, d->kind->hostile + 1);
    if (a->bound == 0 || chance(d, a->zero))
        return 0;
    return a->least + below(d, a->bound);
}

/* What is about a call needs one. */
static void draw_act(struct draw *d, enum act_kind kind)
{
    const struct argument *args = arguments[kind];
    if (args[0].bound == CALL && d->calls == 0)
        return;
    uint32_t a = draw_argument(d, &args[0]), b = draw_argument(d, &args[1]);
    add(d, kind, a, b, draw_argument(d, &args[2]));
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
