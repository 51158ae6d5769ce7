/* The text form of a plan. */
#include "sim/plan.h"

#include <inttypes.h>

#include "base/str.h"

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

const char *knob_name(enum knob knob)
{
    return knob_names[knob];
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

/* --- reading --- */

/* The next word of a line; empty: there is none. */
static struct str word(struct str *line)
{
    *line = str_trim(*line);
    size_t end = str_find(*line, ' ');
    struct str w = str_slice(*line, 0, end);
    *line = str_slice(*line, end, line->len);
    return w;
}

static bool number(struct str *line, uint32_t *n)
{
    uint64_t value = 0;
    bool is_number = str_to_u64(word(line), UINT32_MAX, &value);
    *n = (uint32_t)value;
    return is_number;
}

/* The index of `name` among `n` names; n: it is none of them. */
static size_t index_of(struct str name, const char *const *names, size_t n)
{
    size_t i = 0;
    while (i < n && !str_equal(name, str_from(names[i])))
        i++;
    return i;
}

static bool read_knob(struct plan *p, struct str *line)
{
    size_t i = index_of(word(line), knob_names, N_KNOBS);
    return i < N_KNOBS && number(line, &p->knob[i]);
}

static bool read_act(struct plan *p, struct str *line)
{
    struct act a = {0};
    if (p->n_acts == PLAN_ACTS || !number(line, &a.at))
        return false;
    size_t kind = index_of(word(line), act_names, N_ACTS);
    bool is_whole = number(line, &a.a) && number(line, &a.b) && number(line, &a.c);
    if (kind == N_ACTS || !is_whole || (p->n_acts > 0 && a.at < p->acts[p->n_acts - 1].at))
        return false;
    a.kind = (enum act_kind)kind;
    p->acts[p->n_acts++] = a;
    return true;
}

static bool read_line(struct plan *p, struct str line)
{
    if (line.len == 0 || line.at[0] == '#')
        return true;
    struct str what = word(&line);
    bool understood = false;
    if (str_equal(what, STR("seed")))
        understood = str_to_u64(word(&line), UINT64_MAX, &p->seed);
    else if (str_equal(what, STR("knob")))
        understood = read_knob(p, &line);
    else if (str_equal(what, STR("act")))
        understood = read_act(p, &line);
    return understood && word(&line).len == 0;
}

bool plan_read(struct plan *p, FILE *in, unsigned *line)
{
    char text[256];
    *p = (struct plan){0};
    for (*line = 1; fgets(text, sizeof text, in); ++*line)
        if (!read_line(p, str_trim(str_slice(str_from(text), 0, str_find(str_from(text), '\n')))))
            return false;
    return true;
}
