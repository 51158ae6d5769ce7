/* Owns the changes of headers that rules make, as edits of a message. Sends nothing. */
#include "msg/print.h"
#include "route/rule.h"

static bool has_name(const struct msg *m, const struct hdr *h, struct str name)
{
    enum hdr_id id = hdr_id_of(name);

    return id != HDR_NONE ? h->id == id
                          : h->id == HDR_NONE && str_equal_nocase(hdr_name(m, h), name);
}

static bool is_named(const struct msg *m, const struct hdr *h, const struct str_list *names)
{
    for (unsigned i = 0; i < names->n; i++)
        if (has_name(m, h, str_trim(str_slice(names->list[i], 0, str_find(names->list[i], ':')))))
            return true;
    return false;
}

/* What is to be changed. */
struct changes {
    const struct routes *routes;
    const uint16_t *rules;
    unsigned n;
    struct str said;
};

/* The next line of what scripts said: its sign, and the rest of it. False: there is none. */
static bool next_said(struct str *said, char *sign, struct str *line)
{
    size_t end = str_find(*said, '\n');

    if (said->len == 0)
        return false;
    *sign = said->at[0];
    *line = str_slice(*said, 1, end - 1);
    *said = str_slice(*said, end + 1, said->len);
    return true;
}

static bool is_said(const struct msg *m, const struct hdr *h, struct str said)
{
    struct str line;
    char sign;

    while (next_said(&said, &sign, &line))
        if (sign != SAID_ADD && has_name(m, h, str_trim(str_slice(line, 0, str_find(line, ':')))))
            return true;
    return false;
}

/* Is it one that a rule leaves out or sets? */
static bool goes_out(const struct changes *c, const struct msg *m, const struct hdr *h)
{
    for (unsigned i = 0; i < c->n; i++)
        if (is_named(m, h, &c->routes->rules[c->rules[i]].remove_headers) ||
            is_named(m, h, &c->routes->rules[c->rules[i]].set_headers))
            return true;
    return is_said(m, h, c->said);
}

/* One edit for lines that stand together, so that many of them need few. */
static void leave_out(const struct changes *c, const struct msg *m, struct edits *e)
{
    uint32_t from = 0, to = 0;

    for (unsigned i = 0; i < m->n_headers; i++) {
        const struct hdr *h = &m->headers[i];

        if (!goes_out(c, m, h))
            continue;
        if (h->at != to) {
            if (to > 0)
                edits_add(e, from, to, STR_NONE);
            from = h->at;
        }
        to = h->end;
    }
    if (to > 0)
        edits_add(e, from, to, STR_NONE);
}

static void put_lines(struct buf *b, const struct str_list *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        buf_put(b, l->list[i]);
        buf_put_lit(b, "\r\n");
    }
}

static void put_said(struct buf *b, struct str said)
{
    struct str line;
    char sign;

    while (next_said(&said, &sign, &line))
        if (sign != SAID_REMOVE) {
            buf_put(b, line);
            buf_put_lit(b, "\r\n");
        }
}

bool route_edit_headers(const struct routes *r, const uint16_t *changes, unsigned n_changes,
                        struct str said, const struct msg *m, struct edits *e, struct buf *lines)
{
    const struct changes c = {.routes = r, .rules = changes, .n = n_changes, .said = said};
    size_t from = lines->len;
    uint32_t end = m->headers[m->n_headers - 1].end;

    leave_out(&c, m, e);
    for (unsigned i = 0; i < n_changes; i++) {
        put_lines(lines, &r->rules[changes[i]].set_headers);
        put_lines(lines, &r->rules[changes[i]].add_headers);
    }
    put_said(lines, said);
    if (lines->len > from)
        edits_add(e, end, end, str_slice(buf_str(lines), from, lines->len - from));
    return !lines->over && !e->over;
}
