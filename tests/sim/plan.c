/* The text form of a plan. */
#include "sim/plan.h"

#include <inttypes.h>
#include <string.h>

static const char *const knob_names[N_KNOBS] = {
#define KNOB(id, name, meaning) name,
#include "sim/knobs.def"
#undef KNOB
};

static const char *const act_names[N_ACTS] = {
#define ACT(id, name, meaning) name,
#include "sim/acts.def"
#undef ACT
};

const char *act_name(enum act_kind kind)
{
    return act_names[kind];
}

void plan_print(const struct plan *p, FILE *out)
{
    fprintf(out, "seed %" PRIu64 "\n", p->seed);
    for (size_t i = 0; i < N_KNOBS; i++)
        if (p->knob[i])
            fprintf(out, "knob %s %" PRIu32 "\n", knob_names[i], p->knob[i]);
    for (size_t i = 0; i < p->n_acts; i++) {
        const struct act *a = &p->acts[i];
        fprintf(out, "act %" PRIu32 " %s %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", a->at,
                act_names[a->kind], a->a, a->b, a->c);
    }
}

/* The index of `name` among `n` names; n: it is none of them. */
static size_t index_of(const char *name, const char *const *names, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(name, names[i]) != 0)
        i++;
    return i;
}

static bool read_knob(struct plan *p, const char *text)
{
    char name[32];
    uint32_t value;
    if (sscanf(text, "knob %31s %" SCNu32, name, &value) != 2)
        return false;
    size_t i = index_of(name, knob_names, N_KNOBS);
    if (i == N_KNOBS)
        return false;
    p->knob[i] = value;
    return true;
}

static bool read_act(struct plan *p, const char *text)
{
    char name[32];
    struct act a = {0};
    if (p->n_acts == PLAN_ACTS ||
        sscanf(text, "act %" SCNu32 " %31s %" SCNu32 " %" SCNu32 " %" SCNu32, &a.at, name, &a.a,
               &a.b, &a.c) != 5)
        return false;
    size_t kind = index_of(name, act_names, N_ACTS);
    if (kind == N_ACTS || (p->n_acts > 0 && a.at < p->acts[p->n_acts - 1].at))
        return false;
    a.kind = (enum act_kind)kind;
    p->acts[p->n_acts++] = a;
    return true;
}

bool plan_read(struct plan *p, FILE *in, unsigned *line)
{
    char text[256];
    *p = (struct plan){0};
    for (*line = 1; fgets(text, sizeof text, in); ++*line) {
        bool understood = text[0] == '#' || text[0] == '\n' ||
                          sscanf(text, "seed %" SCNu64, &p->seed) == 1 || read_knob(p, text) ||
                          read_act(p, text);
        if (!understood)
            return false;
    }
    return true;
}
