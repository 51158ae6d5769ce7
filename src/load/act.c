/* Does the actions of a step: matches, variables, tests. Sends nothing. */
#include <stdio.h>

#include "session.h"

#define TEXT 4096 /* the longest text that an action makes */

/* --- variables --- */

bool variable_is_set(const struct session *s, int number)
{
    return s->variables[number].set;
}

static struct str text_of(const struct session *s, int number)
{
    const struct variable *v = &s->variables[number];
    return v->text ? block_str(v->text) : STR_NONE;
}

double variable_number(const struct session *s, int number)
{
    struct str t = str_trim(text_of(s, number)), part;
    bool negative = t.len > 0 && t.at[0] == '-';
    uint64_t units = 0, fraction = 0;
    double scale = 1;
    t = str_slice(t, negative, t.len);
    size_t digits = 0;
    while (digits < t.len && t.at[digits] >= '0' && t.at[digits] <= '9')
        digits++;
    (void)str_to_u64(str_slice(t, 0, digits), INT64_MAX, &units);
    part = str_slice(t, digits + 1, 6);
    if (digits < t.len && t.at[digits] == '.' && str_to_u64(part, 999999, &fraction))
        for (size_t i = 0; i < part.len; i++)
            scale *= 10;
    double value = (double)units + (double)fraction / scale;
    return negative ? -value : value;
}

bool variable_set(struct load *l, struct session *s, int number, struct str text)
{
    struct variable *v = &s->variables[number];
    struct block *b = block_new(l->blocks, text.len + 1);
    if (!b)
        return false;
    if (text.len > 0)
        memmove(b->bytes, text.at, text.len);
    b->len = (uint32_t)text.len;
    block_unref(l->blocks, v->text);
    *v = (struct variable){b, true};
    return true;
}

static bool set_number(struct load *l, struct session *s, int number, double value)
{
    char text[64];
    int len = value == (double)(int64_t)value
                  ? snprintf(text, sizeof text, "%lld", (long long)value)
                  : snprintf(text, sizeof text, "%f", value);
    return variable_set(l, s, number, (struct str){text, (size_t)len});
}

/* A test's result is whether the variable is set. */
static void set_truth(struct load *l, struct session *s, int number, bool truth)
{
    struct variable *v = &s->variables[number];
    if (truth && variable_set(l, s, number, STR("1")))
        return;
    block_unref(l->blocks, v->text);
    *v = (struct variable){NULL, false};
}

/* --- matches --- */

static struct str nth_header(struct msg *m, const struct action *a)
{
    unsigned n = 0;
    enum hdr_id id = hdr_id_of(a->header);
    for (unsigned i = 0; i < m->n_headers; i++) {
        const struct hdr *h = &m->headers[i];
        bool is_it = id != HDR_NONE ? h->id == id : str_equal_nocase(hdr_name(m, h), a->header);
        if (is_it && ++n == a->occurrence)
            return hdr_value(m, h);
    }
    return STR_NONE;
}

static struct str place_of(const struct session *s, const struct action *a, struct msg *m)
{
    if (a->in == MATCH_VARIABLE)
        return a->variable >= 0 ? text_of(s, a->variable) : STR_NONE;
    if (!m)
        return STR_NONE;
    if (a->in == MATCH_HEADER)
        return nth_header(m, a);
    return a->in == MATCH_BODY ? m->body : m->bytes;
}

/* `start_line`: at the beginning of the place alone. */
static bool find(const struct action *a, struct str text, uint16_t places[2 * REGEXP_GROUPS])
{
    return regexp_match(a->pattern, text, places) && (!a->start_line || places[0] == 0);
}

static enum acted match(struct load *l, struct session *s, const struct action *a, struct msg *m)
{
    uint16_t places[2 * REGEXP_GROUPS];
    struct str text = place_of(s, a, m);
    bool found = find(a, text, places);
    for (unsigned i = 0; found && i < ACTION_GROUPS; i++) {
        bool took_part = i < a->pattern->n_groups + 1 && places[2 * i] != REGEXP_UNSET;
        struct str part = STR_NONE;
        if (took_part)
            part = str_slice(text, places[2 * i], (size_t)(places[2 * i + 1] - places[2 * i]));
        if (a->to[i] >= 0 && !variable_set(l, s, a->to[i], part))
            return ACTED_FAIL;
    }
    return (a->check && !found) || (a->check_inverse && found) ? ACTED_CHECK : ACTED;
}

/* --- numbers and texts --- */

static double operand(const struct session *s, const struct action *a)
{
    return a->other >= 0 ? variable_number(s, a->other) : a->number;
}

static bool calculate(struct load *l, struct session *s, const struct action *a)
{
    double value = variable_number(s, a->to[0]), by = operand(s, a);
    switch ((int)a->kind) {
    case ACTION_ADD:
        value += by;
        break;
    case ACTION_SUBTRACT:
        value -= by;
        break;
    case ACTION_MULTIPLY:
        value *= by;
        break;
    case ACTION_DIVIDE:
        if (by == 0)
            return false;
        value /= by;
        break;
    }
    return set_number(l, s, a->to[0], value);
}

static bool holds(enum compare compare, double a, double b)
{
    switch (compare) {
    case COMPARE_EQUAL:
        return a == b;
    case COMPARE_NOT_EQUAL:
        return a != b;
    case COMPARE_LESS:
        return a < b;
    case COMPARE_GREATER:
        return a > b;
    case COMPARE_LESS_EQUAL:
        return a <= b;
    case COMPARE_GREATER_EQUAL:
        return a >= b;
    }
    return false;
}

static struct str filled(struct load *l, struct session *s, const struct template *t, char at[TEXT])
{
    struct buf b;
    buf_init(&b, at, TEXT);
    (void)fill_text(l, s, t, &b);
    return buf_str(&b);
}

/* SIPp's strcmp says whether they differ, -1, 0 or 1; a test of 0 means equal. */
static bool compare_texts(struct load *l, struct session *s, const struct action *a)
{
    char at[TEXT];
    struct str other = a->other >= 0 ? text_of(s, a->other) : filled(l, s, a->text, at);
    return set_number(l, s, a->to[0], str_compare(text_of(s, a->variable), other));
}

static bool set(struct load *l, struct session *s, const struct action *a)
{
    char at[TEXT];
    return variable_set(l, s, a->to[0], filled(l, s, a->text, at));
}

static void say(struct load *l, struct session *s, const struct action *a)
{
    char at[TEXT];
    load_say(l, filled(l, s, a->text, at));
}

static enum acted act(struct load *l, struct session *s, const struct action *a, struct msg *m)
{
    switch ((enum action_kind)a->kind) {
    case ACTION_MATCH:
        return match(l, s, a, m);
    case ACTION_SET:
        return set(l, s, a) ? ACTED : ACTED_FAIL;
    case ACTION_COPY:
        return set_number(l, s, a->to[0], variable_number(s, a->variable)) ? ACTED : ACTED_FAIL;
    case ACTION_ADD:
    case ACTION_SUBTRACT:
    case ACTION_MULTIPLY:
    case ACTION_DIVIDE:
        return calculate(l, s, a) ? ACTED : ACTED_FAIL;
    case ACTION_TEST:
        set_truth(l, s, a->to[0],
                  holds((enum compare)a->compare, variable_number(s, a->variable), operand(s, a)));
        return ACTED;
    case ACTION_COMPARE:
        return compare_texts(l, s, a) ? ACTED : ACTED_FAIL;
    case ACTION_LOG:
        say(l, s, a);
        return ACTED;
    case ACTION_FAIL:
        say(l, s, a);
        return ACTED_FAIL;
    case ACTION_STOP:
        return a->text->n > 0 ? ACTED_STOP : ACTED;
    }
    return ACTED;
}

enum acted session_act(struct load *l, struct session *s, const struct step *step, struct msg *m)
{
    enum acted acted = ACTED;
    for (unsigned i = 0; i < step->n_actions && acted == ACTED; i++)
        acted = act(l, s, &step->actions[i], m);
    return acted;
}
