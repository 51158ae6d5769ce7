/* Reads a regular expression into steps, without recursion and to a limit. Matches nothing. What
 * reads a part returns NULL, or what is wrong. */
#include "base/regexp.h"

#include <string.h>

#define DEPTH 16 /* of brackets */

static const char too_long[] = "the expression is too long";
static const char not_closed[] = "a class is not closed: expected ]";
static const char counts[] = "expected {2}, {2,4} or {2,}";

/* A bracket that is open, or the whole. */
struct level {
    unsigned open;        /* its first step */
    unsigned begin;       /* of its alternatives */
    unsigned alternative; /* where the last of them begins */
    unsigned group;       /* 0: none that counts */
};

struct reading {
    struct regexp *re;
    struct str text;
    size_t at;
    struct level levels[DEPTH];
    unsigned depth;
    unsigned atom; /* where what a repetition is about begins */
    bool has_atom;
};

static const char *emit(struct reading *r, struct regexp_step step)
{
    if (r->re->n == LIMIT_REGEXP_STEPS)
        return too_long;
    r->re->steps[r->re->n++] = step;
    return NULL;
}

static const char *insert(struct reading *r, unsigned at, struct regexp_step step)
{
    struct regexp *re = r->re;
    if (re->n == LIMIT_REGEXP_STEPS)
        return too_long;
    memmove(&re->steps[at + 1], &re->steps[at], (re->n - at) * sizeof re->steps[0]);
    re->steps[at] = step;
    re->n++;
    return NULL;
}

static const char *emit_atom(struct reading *r, struct regexp_step step)
{
    r->atom = r->re->n;
    r->has_atom = true;
    return emit(r, step);
}

static bool is_next(const struct reading *r, char c)
{
    return r->at < r->text.len && r->text.at[r->at] == c;
}

/* --- classes --- */

static void put_range(uint64_t class[4], unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to; c++)
        class[c / 64] |= UINT64_C(1) << c % 64;
}

struct named {
    const char *name;
    const char *ranges; /* pairs */
};

static const struct named names[] = {
    {"[:digit:]", "09"},       {"[:upper:]", "AZ"},     {"[:lower:]", "az"},
    {"[:alpha:]", "AZaz"},     {"[:alnum:]", "09AZaz"}, {"[:xdigit:]", "09AFaf"},
    {"[:punct:]", "!/:@[`{~"}, {"[:space:]", "\t\r  "}, {"[:blank:]", "\t\t  "},
    {"[:print:]", " ~"},       {"[:graph:]", "!~"},
};

static const char *read_named(struct reading *r, uint64_t class[4])
{
    struct str rest = str_slice(r->text, r->at, r->text.len - r->at);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_from(names[i].name);
        if (rest.len < name.len || memcmp(rest.at, name.at, name.len) != 0)
            continue;
        for (const char *at = names[i].ranges; *at; at += 2)
            put_range(class, (unsigned char)at[0], (unsigned char)at[1]);
        r->at += name.len;
        return NULL;
    }
    return "no class has this name: expected [:digit:], [:alpha:], ...";
}

/* One character, or a range of them. */
static const char *read_range(struct reading *r, uint64_t class[4])
{
    unsigned from = (unsigned char)r->text.at[r->at++], to = from;
    if (is_next(r, '-') && r->at + 1 < r->text.len && r->text.at[r->at + 1] != ']') {
        to = (unsigned char)r->text.at[r->at + 1];
        r->at += 2;
    }
    if (to < from)
        return "the ends of a range stand the wrong way round";
    put_range(class, from, to);
    return NULL;
}

static bool starts_inner(const struct reading *r)
{
    char c = r->at + 1 < r->text.len ? r->text.at[r->at + 1] : ' ';
    return is_next(r, '[') && (c == ':' || c == '.' || c == '=');
}

/* Behind its bracket; a ] that comes first is one of its characters. */
static const char *read_class(struct reading *r)
{
    struct regexp *re = r->re;
    if (re->n_classes == REGEXP_CLASSES)
        return too_long;
    uint64_t *class = re->classes[re->n_classes];
    bool inverted = is_next(r, '^');
    r->at += inverted;
    for (bool first = true; first || !is_next(r, ']'); first = false) {
        if (r->at >= r->text.len)
            return not_closed;
        const char *wrong = starts_inner(r) ? read_named(r, class) : read_range(r, class);
        if (wrong)
            return wrong;
    }
    r->at++;
    for (unsigned w = 0; inverted && w < 4; w++)
        class[w] = ~class[w];
    return emit_atom(r, (struct regexp_step){REGEXP_CLASS, (uint8_t)re->n_classes++, 0, 0});
}

/* --- repetitions: of the steps from r->atom on --- */

static unsigned atom_len(const struct reading *r)
{
    return r->re->n - r->atom;
}

static const char *optional(struct reading *r)
{
    int16_t len = (int16_t)atom_len(r);
    return insert(r, r->atom, (struct regexp_step){REGEXP_SPLIT, 0, 1, (int16_t)(len + 1)});
}

static const char *again(struct reading *r, unsigned len)
{
    return emit(r, (struct regexp_step){REGEXP_SPLIT, 0, (int16_t) - (int)len, 1});
}

static const char *star(struct reading *r)
{
    int16_t len = (int16_t)atom_len(r);
    const char *wrong =
        insert(r, r->atom, (struct regexp_step){REGEXP_SPLIT, 0, 1, (int16_t)(len + 2)});
    if (wrong)
        return wrong;
    return emit(r, (struct regexp_step){REGEXP_JUMP, 0, (int16_t) - (len + 1), 0});
}

static const char *copy(struct reading *r, unsigned from, unsigned len)
{
    const char *wrong = NULL;
    for (unsigned i = 0; i < len && !wrong; i++)
        wrong = emit(r, r->re->steps[from + i]);
    return wrong;
}

/* Once more, and from the `least` on only if it is there. */
static const char *once_more(struct reading *r, unsigned from, unsigned len, bool may_lack)
{
    struct regexp_step split = {REGEXP_SPLIT, 0, 1, (int16_t)(len + 1)};
    const char *wrong = may_lack ? emit(r, split) : NULL;
    return wrong ? wrong : copy(r, from, len);
}

/* a{2,4} is aaa?a?, a{2,} is aa+, a{0,2} is a?a?. */
static const char *repeat(struct reading *r, unsigned least, unsigned most, bool endless)
{
    unsigned len = atom_len(r), from = r->atom;
    const char *wrong = NULL;
    if (endless && least == 0)
        return star(r);
    if (endless)
        most = least;
    if (most == 0) {
        r->re->n = r->atom;
        return NULL;
    }
    if (least == 0) {
        wrong = optional(r);
        from++;
    }
    for (unsigned i = 1; i < most && !wrong; i++)
        wrong = once_more(r, from, len, i >= least);
    if (wrong)
        return wrong;
    return endless ? again(r, len) : NULL;
}

static bool read_number(struct reading *r, unsigned *n)
{
    size_t from = r->at;
    uint64_t value;
    while (r->at < r->text.len && r->text.at[r->at] >= '0' && r->text.at[r->at] <= '9')
        r->at++;
    if (!str_to_u64(str_slice(r->text, from, r->at - from), REGEXP_TEXT, &value))
        return false;
    *n = (unsigned)value;
    return true;
}

/* Behind the {. */
static const char *read_counts(struct reading *r)
{
    unsigned least, most;
    bool endless = false;
    if (!read_number(r, &least))
        return counts;
    most = least;
    if (is_next(r, ',')) {
        r->at++;
        endless = is_next(r, '}');
        if (!endless && !read_number(r, &most))
            return counts;
    }
    if (!is_next(r, '}') || most < least)
        return counts;
    r->at++;
    return repeat(r, least, most, endless);
}

static const char *read_repetition(struct reading *r, char c)
{
    if (!r->has_atom)
        return "a repetition stands behind nothing";
    if (c == '{')
        return read_counts(r);
    return c == '*' ? star(r) : c == '+' ? again(r, atom_len(r)) : optional(r);
}

/* --- brackets and bars --- */

static const char *open_bracket(struct reading *r)
{
    struct regexp *re = r->re;
    const char *wrong = NULL;
    if (r->depth + 1 == DEPTH)
        return "brackets are nested too deeply";
    struct level *l = &r->levels[++r->depth];
    l->open = re->n;
    l->group = re->n_groups + 1 < REGEXP_GROUPS ? ++re->n_groups : 0;
    if (l->group)
        wrong = emit(r, (struct regexp_step){REGEXP_SAVE, (uint8_t)(2 * l->group), 0, 0});
    l->begin = l->alternative = re->n;
    r->has_atom = false;
    return wrong;
}

static void end_alternatives(struct reading *r)
{
    struct regexp *re = r->re;
    for (unsigned i = r->levels[r->depth].begin; i < re->n; i++)
        if (re->steps[i].op == REGEXP_OUT)
            re->steps[i] = (struct regexp_step){REGEXP_JUMP, 0, (int16_t)(re->n - i), 0};
}

static const char *close_bracket(struct reading *r)
{
    if (r->depth == 0)
        return "a bracket is closed that was not opened";
    end_alternatives(r);
    const struct level *l = &r->levels[r->depth--];
    r->atom = l->open;
    r->has_atom = true;
    if (!l->group)
        return NULL;
    return emit(r, (struct regexp_step){REGEXP_SAVE, (uint8_t)(2 * l->group + 1), 0, 0});
}

static const char *bar(struct reading *r)
{
    struct level *l = &r->levels[r->depth];
    int16_t len = (int16_t)(r->re->n - l->alternative);
    const char *wrong =
        insert(r, l->alternative, (struct regexp_step){REGEXP_SPLIT, 0, 1, (int16_t)(len + 2)});
    if (!wrong)
        wrong = emit(r, (struct regexp_step){REGEXP_OUT, 0, 0, 0});
    l->alternative = r->re->n;
    r->has_atom = false;
    return wrong;
}

static const char *read_escaped(struct reading *r)
{
    if (r->at == r->text.len)
        return "nothing stands behind \\";
    if (r->text.at[r->at] >= '0' && r->text.at[r->at] <= '9')
        return "there are no back references";
    return emit_atom(r, (struct regexp_step){REGEXP_CHAR, (uint8_t)r->text.at[r->at++], 0, 0});
}

static const char *read_anchor(struct reading *r, enum regexp_op op)
{
    r->has_atom = false;
    return emit(r, (struct regexp_step){(uint8_t)op, 0, 0, 0});
}

static const char *read_one(struct reading *r)
{
    char c = r->text.at[r->at++];
    switch (c) {
    case '(':
        return open_bracket(r);
    case ')':
        return close_bracket(r);
    case '|':
        return bar(r);
    case '*':
    case '+':
    case '?':
    case '{':
        return read_repetition(r, c);
    case '[':
        return read_class(r);
    case '.':
        return emit_atom(r, (struct regexp_step){REGEXP_ANY, 0, 0, 0});
    case '^':
        return read_anchor(r, REGEXP_BEGIN);
    case '$':
        return read_anchor(r, REGEXP_END);
    case '\\':
        return read_escaped(r);
    default:
        return emit_atom(r, (struct regexp_step){REGEXP_CHAR, (uint8_t)c, 0, 0});
    }
}

const char *regexp_compile(struct regexp *re, struct str text)
{
    struct reading r = {.re = re, .text = text};
    const char *wrong = NULL;
    memset(re, 0, sizeof *re);
    while (!wrong && r.at < text.len)
        wrong = read_one(&r);
    if (wrong)
        return wrong;
    if (r.depth > 0)
        return "a bracket is not closed: expected )";
    end_alternatives(&r);
    return emit(&r, (struct regexp_step){REGEXP_MATCH, 0, 0, 0});
}
