/* Owns regular expressions: reads one into sets of positions, and moves a set of them over a text.
 * Knows no rule. */
#include "route/pattern.h"

#include <string.h>

static bool has(const struct positions *p, unsigned i)
{
    return p->words[i / 64] >> i % 64 & 1;
}

static void join(struct positions *to, const struct positions *more)
{
    for (unsigned w = 0; w < PATTERN_WORDS; w++)
        to->words[w] |= more->words[w];
}

/* A part of the pattern while it is read. */
struct part {
    bool nullable;
    struct positions first, last;
};

#define DEPTH 16 /* of brackets */

/* What is open: what stands before the bracket or bar, and is joined with what comes. */
struct level {
    struct part alternatives; /* before the last bar */
    bool has_alternatives;
    struct part sequence; /* behind it */
};

struct reading {
    struct pattern *p;
    struct str text;
    size_t at;
    struct level levels[DEPTH];
    unsigned depth;
    struct part item; /* the last one, which a repetition is about; not yet in the sequence */
    bool has_item, is_group;
};

static const struct part nothing = {.nullable = true};

static void follow(struct pattern *p, const struct positions *last, const struct positions *first)
{
    for (unsigned i = 0; i < p->n; i++)
        if (has(last, i))
            join(&p->follow[i], first);
}

static void append(struct pattern *p, struct part *to, const struct part *next)
{
    follow(p, &to->last, &next->first);
    if (to->nullable)
        join(&to->first, &next->first);
    if (next->nullable)
        join(&to->last, &next->last);
    else
        to->last = next->last;
    to->nullable &= next->nullable;
}

static void flush(struct reading *r)
{
    if (r->has_item)
        append(r->p, &r->levels[r->depth].sequence, &r->item);
    r->has_item = false;
}

static void either(struct part *a, const struct part *b)
{
    a->nullable |= b->nullable;
    join(&a->first, &b->first);
    join(&a->last, &b->last);
}

/* What a level has come to. */
static struct part whole(const struct level *l)
{
    struct part all = l->sequence;

    if (l->has_alternatives)
        either(&all, &l->alternatives);
    return all;
}

static const char *add_position(struct reading *r, const uint64_t class[4])
{
    struct pattern *p = r->p;

    if (p->n == LIMIT_ROUTE_PATTERN)
        return "the pattern is too long";
    memcpy(p->classes[p->n], class, sizeof p->classes[0]);
    r->item = (struct part){.nullable = false};
    r->item.first.words[p->n / 64] = r->item.last.words[p->n / 64] = UINT64_C(1) << p->n % 64;
    p->n++;
    r->has_item = true;
    r->is_group = false;
    return NULL;
}

static void put_byte(uint64_t class[4], unsigned c)
{
    class[c / 64] |= UINT64_C(1) << c % 64;
}

/* --- characters and classes --- */

static bool next_char(struct reading *r, unsigned *c)
{
    if (r->at < r->text.len && r->text.at[r->at] == '\\')
        r->at++;
    if (r->at == r->text.len)
        return false;
    *c = (unsigned char)r->text.at[r->at++];
    return true;
}

static bool is_next(const struct reading *r, char c)
{
    return r->at < r->text.len && r->text.at[r->at] == c;
}

static const char *read_range(struct reading *r, uint64_t class[4])
{
    unsigned from, to;

    if (!next_char(r, &from))
        return "a class is not closed: expected ]";
    to = from;
    if (is_next(r, '-') && r->at + 1 < r->text.len && r->text.at[r->at + 1] != ']') {
        r->at++;
        if (!next_char(r, &to))
            return "a class is not closed: expected ]";
    }
    if (to < from)
        return "the ends of a range stand the wrong way round";
    for (unsigned c = from; c <= to; c++)
        put_byte(class, c);
    return NULL;
}

static const char *read_class(struct reading *r)
{
    uint64_t class[4] = {0};
    bool inverted = is_next(r, '^');
    const char *wrong = NULL;

    r->at += inverted;
    if (is_next(r, ']'))
        return "a class is empty";
    while (!wrong && r->at < r->text.len && !is_next(r, ']'))
        wrong = read_range(r, class);
    if (wrong)
        return wrong;
    if (!is_next(r, ']'))
        return "a class is not closed: expected ]";
    r->at++;
    for (unsigned w = 0; inverted && w < 4; w++)
        class[w] = ~class[w];
    return add_position(r, class);
}

static const char *read_char(struct reading *r)
{
    uint64_t class[4] = {0};
    unsigned c;

    if (!next_char(r, &c))
        return "nothing stands behind \\";
    put_byte(class, c);
    return add_position(r, class);
}

static const char *read_any(struct reading *r)
{
    static const uint64_t class[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};

    return add_position(r, class);
}

/* --- repetitions --- */

static const char *repeat(struct reading *r, char how)
{
    if (!r->has_item)
        return "a repetition stands behind nothing";
    r->is_group = true;
    if (how != '?')
        follow(r->p, &r->item.last, &r->item.first);
    r->item.nullable |= how != '+';
    return NULL;
}

static bool read_count(struct reading *r, unsigned *n)
{
    size_t from = r->at;
    uint64_t value;

    while (r->at < r->text.len && r->text.at[r->at] >= '0' && r->text.at[r->at] <= '9')
        r->at++;
    if (!str_to_u64(str_slice(r->text, from, r->at - from), LIMIT_ROUTE_PATTERN, &value))
        return false;
    *n = (unsigned)value;
    return true;
}

static bool read_counts(struct reading *r, unsigned *least, unsigned *most, bool *endless)
{
    *endless = false;
    if (!read_count(r, least))
        return false;
    *most = *least;
    if (is_next(r, ',')) {
        r->at++;
        *endless = is_next(r, '}');
        if (!*endless && !read_count(r, most))
            return false;
    }
    if (!is_next(r, '}') || *most < *least || (*most == 0 && !*endless))
        return false;
    r->at++;
    return true;
}

/* a{2,4} is aaa?a?, a{2,} is aaa*: the class of a is there already. */
static const char *read_repetition(struct reading *r)
{
    unsigned least, most;
    bool endless;

    if (!r->has_item || r->is_group)
        return "{ } repeats one character or class";
    if (!read_counts(r, &least, &most, &endless))
        return "expected {2}, {2,4} or {2,}";
    unsigned place = r->p->n - 1, n = endless ? least + 1 : most;

    for (unsigned i = 0; i < n; i++) {
        if (i > 0) {
            uint64_t class[4];

            flush(r);
            memcpy(class, r->p->classes[place], sizeof class);
            const char *wrong = add_position(r, class);
            if (wrong)
                return wrong;
        }
        r->item.nullable = i >= least;
    }
    if (endless)
        follow(r->p, &r->item.last, &r->item.first);
    r->is_group = true;
    return NULL;
}

/* --- brackets and bars --- */

static const char *open_bracket(struct reading *r)
{
    flush(r);
    if (r->depth + 1 == DEPTH)
        return "brackets are nested too deeply";
    r->levels[++r->depth] = (struct level){.sequence = nothing};
    return NULL;
}

static const char *close_bracket(struct reading *r)
{
    flush(r);
    if (r->depth == 0)
        return "a bracket is closed that was not opened";
    r->item = whole(&r->levels[r->depth--]);
    r->has_item = r->is_group = true;
    return NULL;
}

static const char *bar(struct reading *r)
{
    struct level *l = &r->levels[r->depth];

    flush(r);
    l->alternatives = whole(l);
    l->has_alternatives = true;
    l->sequence = nothing;
    return NULL;
}

static const char *read_one(struct reading *r)
{
    char c = r->text.at[r->at];

    if (c == '*' || c == '+' || c == '?')
        return r->at++, repeat(r, c);
    if (c == '{')
        return r->at++, read_repetition(r);
    if (c != ')' && c != '|' && c != '(')
        flush(r);
    if (c == '\\')
        return read_char(r);
    r->at++;
    switch (c) {
    case '(':
        return open_bracket(r);
    case ')':
        return close_bracket(r);
    case '|':
        return bar(r);
    case '[':
        return read_class(r);
    case '.':
        return read_any(r);
    case '^':
    case '$':
        return "leave ^ and $ out: a pattern is about the whole user";
    default:
        r->at--;
        return read_char(r);
    }
}

const char *pattern_compile(struct pattern *p, struct str text)
{
    struct reading r = {.p = p, .text = text};
    const char *wrong = NULL;

    memset(p, 0, sizeof *p);
    r.levels[0].sequence = nothing;
    while (!wrong && r.at < text.len)
        wrong = read_one(&r);
    if (wrong)
        return wrong;
    if (r.depth > 0)
        return "a bracket is not closed: expected )";
    flush(&r);
    struct part all = whole(&r.levels[0]);

    p->matches_empty = all.nullable;
    p->first = all.first;
    p->last = all.last;
    return NULL;
}

static bool takes(const struct pattern *p, unsigned i, unsigned char c)
{
    return p->classes[i][c / 64] >> c % 64 & 1;
}

/* The positions among `from` that take this byte; false: none. */
static bool step(const struct pattern *p, const struct positions *from, unsigned char c,
                 struct positions *to)
{
    bool any = false;

    memset(to, 0, sizeof *to);
    for (unsigned i = 0; i < p->n; i++)
        if (has(from, i) && takes(p, i, c)) {
            to->words[i / 64] |= UINT64_C(1) << i % 64;
            any = true;
        }
    return any;
}

bool pattern_matches(const struct pattern *p, struct str text)
{
    struct positions now, next = p->first;

    if (text.len == 0)
        return p->matches_empty;
    for (size_t k = 0; k < text.len; k++) {
        if (!step(p, &next, (unsigned char)text.at[k], &now))
            return false;
        memset(&next, 0, sizeof next);
        for (unsigned i = 0; i < p->n; i++)
            if (has(&now, i))
                join(&next, &p->follow[i]);
    }
    for (unsigned w = 0; w < PATTERN_WORDS; w++)
        if (now.words[w] & p->last.words[w])
            return true;
    return false;
}
