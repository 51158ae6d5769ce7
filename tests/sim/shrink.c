/* Leaves out what a failure does not need, greedily: halves of the acts first, single ones last. */
#include "sim/shrink.h"

#include <string.h>
#include <time.h>

struct shrinking {
    struct plan *plan;
    time_t end;
    shrink_fails *fails;
    void *arg;
};

/* Keeps the shorter plan if it fails in the same way. */
static bool keep(struct shrinking *s, const struct plan *shorter)
{
    if (time(NULL) >= s->end || !s->fails(s->arg, shorter))
        return false;
    *s->plan = *shorter;
    return true;
}

static struct plan without_acts(const struct plan *p, size_t from, size_t n)
{
    struct plan shorter = *p;
    memmove(&shorter.acts[from], &p->acts[from + n], (p->n_acts - from - n) * sizeof(struct act));
    shorter.n_acts = p->n_acts - n;
    return shorter;
}

/* Runs of `n` acts, from the last to the first. */
static bool drop_acts(struct shrinking *s, size_t n)
{
    bool any = false;
    for (size_t at = s->plan->n_acts; at-- > 0;) {
        if (at + n > s->plan->n_acts)
            continue;
        struct plan shorter = without_acts(s->plan, at, n);
        any |= keep(s, &shorter);
    }
    return any;
}

static bool drop_knobs(struct shrinking *s)
{
    bool any = false;
    for (size_t i = 0; i < N_KNOBS; i++) {
        struct plan kinder = *s->plan;
        kinder.knob[i] = 0;
        any |= s->plan->knob[i] && keep(s, &kinder);
    }
    return any;
}

static bool drop_manners(struct shrinking *s)
{
    bool any = false;
    for (size_t i = 0; i < s->plan->n_acts; i++) {
        struct plan plainer = *s->plan;
        plainer.acts[i].b = 0;
        any |= s->plan->acts[i].kind == ACT_MANNER && s->plan->acts[i].b && keep(s, &plainer);
    }
    return any;
}

/* A drain without end, and a configuration with one thing less that is other. */
static bool drop_changes(struct shrinking *s)
{
    bool any = false;
    for (size_t i = 0; i < s->plan->n_acts; i++) {
        const struct act a = s->plan->acts[i];
        uint32_t least = a.kind == ACT_RECONFIGURE ? a.b & (a.b - 1) : 0;
        struct plan plainer = *s->plan;
        plainer.acts[i].b = least;
        if ((a.kind == ACT_DRAIN || a.kind == ACT_RECONFIGURE) && a.b)
            any |= keep(s, &plainer);
    }
    return any;
}

void shrink(struct plan *p, unsigned seconds, shrink_fails *fails, void *arg)
{
    struct shrinking s = {p, time(NULL) + (time_t)seconds, fails, arg};
    bool shorter = true;
    while (shorter && time(NULL) < s.end) {
        shorter = false;
        for (size_t n = p->n_acts / 2; n > 0; n /= 2)
            shorter |= drop_acts(&s, n);
        shorter |= drop_knobs(&s);
        shorter |= drop_manners(&s);
        shorter |= drop_changes(&s);
    }
}
