/* Reads message summaries. Knows no subscription. */
#include "ua/summary.h"

/* The next line of *text without its end. False: there is none, or it is empty. */
static bool next_line(struct str *text, struct str *line)
{
    size_t end = str_find(*text, '\n');
    *line = str_trim(str_slice(*text, 0, end));
    *text = str_slice(*text, end + 1, text->len);
    return line->len > 0;
}

static bool split(struct str text, char at, struct str *before, struct str *after)
{
    size_t n = str_find(text, at);
    *before = str_trim(str_slice(text, 0, n));
    *after = str_trim(str_slice(text, n + 1, text.len));
    return n < text.len;
}

/* "2/8" */
static bool read_pair(struct str text, uint32_t *first, uint32_t *second)
{
    struct str left, right;
    uint64_t a, b;
    if (!split(text, '/', &left, &right) || !str_to_u64(left, UINT32_MAX, &a) ||
        !str_to_u64(right, UINT32_MAX, &b))
        return false;
    *first = (uint32_t)a;
    *second = (uint32_t)b;
    return true;
}

/* "2/8 (0/2)" */
static bool read_counts(struct str value, struct summary_class *c)
{
    struct str all, urgent, rest;
    if (!split(value, '(', &all, &urgent))
        return read_pair(all, &c->unheard, &c->heard);
    return split(urgent, ')', &urgent, &rest) && rest.len == 0 &&
           read_pair(all, &c->unheard, &c->heard) &&
           read_pair(urgent, &c->urgent_unheard, &c->urgent_heard);
}

static bool read_status(struct str line, bool *waiting)
{
    struct str name, value;
    if (!split(line, ':', &name, &value) || !str_equal_nocase(name, STR("Messages-Waiting")))
        return false;
    *waiting = str_equal_nocase(value, STR("yes"));
    return *waiting || str_equal_nocase(value, STR("no"));
}

static bool read_line(struct summary *s, struct str line)
{
    struct summary_class c = {.unheard = 0};
    struct str value;
    if (!split(line, ':', &c.name, &value) || c.name.len == 0)
        return false;
    if (str_equal_nocase(c.name, STR("Message-Account"))) {
        s->account = value;
        return true;
    }
    if (!read_counts(value, &c))
        return false;
    if (s->n_classes < LIMIT_UA_SUMMARY_CLASSES)
        s->classes[s->n_classes++] = c;
    return true;
}

bool summary_parse(struct str body, struct summary *out)
{
    struct str line;
    *out = (struct summary){0};
    if (!next_line(&body, &line) || !read_status(line, &out->waiting))
        return false;
    while (next_line(&body, &line))
        if (!read_line(out, line))
            return false;
    return true;
}
