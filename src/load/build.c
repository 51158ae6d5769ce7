/* Owns a scenario's memory and what can be told once all its steps are there. Reads no XML. */
#include "load/build.h"

#include <stdio.h>

struct scenario_text {
    struct scenario_text *next;
    size_t size;
    char at[];
};

struct scenario *build_new(struct mem *mem)
{
    struct scenario *s = mem_alloc_zero(mem, sizeof *s);
    if (s) {
        s->mem = mem;
        s->n_dialogs = 1;
    }
    return s;
}

struct str build_keep(struct scenario *s, struct str text)
{
    size_t size = sizeof(struct scenario_text) + text.len + 1;
    struct scenario_text *t = mem_alloc(s->mem, size);
    if (!t)
        return STR_NONE;
    *t = (struct scenario_text){s->texts, size};
    if (text.len > 0)
        memcpy(t->at, text.at, text.len);
    t->at[text.len] = '\0';
    s->texts = t;
    return (struct str){t->at, text.len};
}

/* Room for one more of `n` in an array that doubles. */
static bool grow(struct mem *mem, void **at, unsigned n, unsigned *room, size_t size)
{
    if (n < *room)
        return true;
    unsigned more = *room ? *room * 2 : 8;
    void *new = mem_alloc_zero(mem, more * size);
    if (!new)
        return false;
    if (*at) {
        memcpy(new, *at, n * size);
        mem_free(mem, *at, *room * size);
    }
    *at = new;
    *room = more;
    return true;
}

struct step *build_step(struct scenario *s, enum step_kind kind, unsigned line)
{
    void *at = s->steps;
    if (s->n_steps == LIMIT_LOAD_STEPS ||
        !grow(s->mem, &at, s->n_steps, &s->steps_room, sizeof *s->steps))
        return NULL;
    s->steps = at;
    s->steps[s->n_steps] = (struct step){.kind = (uint8_t)kind,
                                         .next = -1,
                                         .on_timeout = -1,
                                         .test = -1,
                                         .condition = -1,
                                         .variable = -1,
                                         .row = -1,
                                         .chance = 1 << 16,
                                         .line = line};
    return &s->steps[s->n_steps++];
}

struct action *build_action(struct scenario *s, struct step *step, enum action_kind kind)
{
    void *at = step->actions;
    if (step->n_actions == LIMIT_LOAD_ACTIONS ||
        !grow(s->mem, &at, step->n_actions, &step->actions_room, sizeof *step->actions))
        return NULL;
    step->actions = at;
    struct action *a = &step->actions[step->n_actions++];
    *a = (struct action){.kind = (uint8_t)kind, .variable = -1, .other = -1, .occurrence = 1};
    for (unsigned i = 0; i < ACTION_GROUPS; i++)
        a->to[i] = -1;
    return a;
}

static int number_of(struct scenario *s, struct str *names, unsigned from, unsigned *n,
                     unsigned most, struct str name)
{
    for (unsigned i = from; i < *n; i++)
        if (str_equal(names[i], name))
            return (int)i;
    if (*n == most || !(names[*n] = build_keep(s, name)).at)
        return -1;
    return (int)(*n)++;
}

int build_variable(struct scenario *s, struct str name)
{
    return number_of(s, s->variables, 0, &s->n_variables, LIMIT_LOAD_VARIABLES, name);
}

int build_clock(struct scenario *s, struct str name)
{
    if (s->n_clocks == 0)
        s->n_clocks = 1; /* 0 is none */
    return number_of(s, s->clocks, 1, &s->n_clocks, LIMIT_LOAD_CLOCKS, name);
}

/* --- rows --- */

/* The request that a response of this step's dialog is to. */
static const struct step *asked(const struct scenario *s, unsigned step)
{
    for (unsigned i = step; i-- > 0;) {
        const struct step *before = &s->steps[i];
        if (before->kind == STEP_SEND && before->status == 0 && before->method != METHOD_ACK &&
            before->dialog == s->steps[step].dialog)
            return before;
    }
    return NULL;
}

static void name_row(struct scenario_row *row, const struct step *step, const struct step *request)
{
    if (step->status && request)
        snprintf(row->name, sizeof row->name, "%.*s %u", (int)(request->method_name.len % 20),
                 request->method_name.at, step->status);
    else
        snprintf(row->name, sizeof row->name, "ACK");
}

/* Responses, and the ACK that a response of ours waits for. */
static void add_rows(struct scenario *s)
{
    for (unsigned i = 0; i < s->n_steps && s->n_rows < LIMIT_LOAD_ROWS; i++) {
        struct step *step = &s->steps[i];
        struct scenario_row row = {.step = (uint8_t)i};
        if (step->kind != STEP_RECEIVE || i > UINT8_MAX ||
            (step->status == 0 && step->method != METHOD_ACK))
            continue;
        name_row(&row, step, asked(s, i));
        unsigned at = 0;
        while (at < s->n_rows && strcmp(s->rows[at].name, row.name) != 0)
            at++;
        if (at == s->n_rows)
            s->rows[s->n_rows++] = row;
        step->row = (int16_t)at;
    }
    for (unsigned i = 1; i < s->n_clocks && s->n_rows < LIMIT_LOAD_ROWS; i++) {
        struct scenario_row *row = &s->rows[s->n_rows++];
        row->clock = (uint8_t)i;
        snprintf(row->name, sizeof row->name, "clock %.*s", (int)(s->clocks[i].len % 20),
                 s->clocks[i].at);
    }
}

/* --- the end --- */

static void look_at(struct scenario *s, const struct step *step)
{
    if (step->dialog >= s->n_dialogs)
        s->n_dialogs = step->dialog + 1u;
    s->has_last |= step->message && step->message->has_last;
    s->has_calls |= step->method == METHOD_INVITE && step->status == 0;
    for (unsigned i = 0; i < step->n_actions; i++)
        s->has_last |= step->actions[i].text && step->actions[i].text->has_last;
}

bool build_done(struct scenario *s, struct scenario_error *error)
{
    const struct step *first = NULL;
    for (unsigned i = 0; i < s->n_steps; i++) {
        const struct step *step = &s->steps[i];
        look_at(s, step);
        if (!first && (step->kind == STEP_SEND || step->kind == STEP_RECEIVE))
            first = step;
    }
    if (!first || (first->kind == STEP_RECEIVE && first->status > 0)) {
        error->line = 0;
        snprintf(error->what, sizeof error->what,
                 first ? "a scenario cannot begin with a response" : "there is no message in it");
        return false;
    }
    s->serves = first->kind == STEP_RECEIVE;
    add_rows(s);
    return true;
}

static void free_steps(struct scenario *s)
{
    for (unsigned i = 0; i < s->n_steps; i++) {
        struct step *step = &s->steps[i];
        for (unsigned k = 0; k < step->n_actions; k++) {
            template_free(step->actions[k].text);
            if (step->actions[k].pattern)
                mem_free(s->mem, step->actions[k].pattern, sizeof *step->actions[k].pattern);
        }
        if (step->actions)
            mem_free(s->mem, step->actions, step->actions_room * sizeof *step->actions);
        if (step->names)
            mem_free(s->mem, step->names, sizeof *step->names);
        template_free(step->message);
    }
    if (s->steps)
        mem_free(s->mem, s->steps, s->steps_room * sizeof *s->steps);
}

void scenario_free(struct scenario *s)
{
    if (!s)
        return;
    free_steps(s);
    for (struct scenario_text *t = s->texts, *next; t; t = next) {
        next = t->next;
        mem_free(s->mem, t, t->size);
    }
    mem_free(s->mem, s, sizeof *s);
}
