/* Keeps and prints what was sent; looks at text only, so that a broken message shows as it is. */
#include "sim/ladder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/node.h"

void ladder_fini(struct ladder *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->rungs[i].text);
    free(l->rungs);
    *l = (struct ladder){0};
}

void ladder_add(struct ladder *l, struct rung r, struct str text)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->rungs = realloc(l->rungs, l->cap * sizeof(*l->rungs));
        assert(l->rungs);
    }
    r.len = text.len;
    r.text = malloc(text.len + 1);
    assert(r.text);
    memcpy(r.text, text.at, text.len);
    r.text[text.len] = '\0';
    l->rungs[l->n++] = r;
}

static const char *fate_name(enum fate f)
{
    static const char *const names[] = {
        [FATE_DELIVERED] = "",
        [FATE_LOST] = "  LOST",
        [FATE_DOUBLED] = "  twice",
        [FATE_STREAM] = "  (stream)",
        [FATE_NOWHERE] = "  NOBODY THERE",
        [FATE_DEAD] = "  DEAD",
        [FATE_CUT] = "  CUT SHORT",
        [FATE_TOO_LONG] = "  TOO LONG",
    };
    return names[f];
}

static struct str first_line(const struct rung *r)
{
    struct str all = {r->text, r->len};
    return str_slice(all, 0, str_find(all, '\r'));
}

void ladder_print(const struct world *w)
{
    fprintf(stderr, "seed %" PRIu64 ", now %.3f s\n", w->seed, (double)w->now / 1e9);
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        struct str line = first_line(r), cseq = rung_header(r, "CSeq");
        fprintf(stderr, "%10.4f  %-12s -> %-12s  %.*s  [%.*s]%s\n", (double)r->at / 1e9,
                r->from->name, r->to ? r->to->name : "?", STR_ARG(line), STR_ARG(cseq),
                fate_name(r->fate));
    }
}

const struct rung *ladder_find(const struct world *w, const struct node *from, const char *start,
                               size_t n)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        bool fits = (!from || r->from == from) &&
                    str_starts((struct str){r->text, r->len}, str_from(start));
        if (fits && n-- == 0)
            return r;
    }
    return NULL;
}

size_t ladder_count(const struct world *w, const struct node *from, const char *start)
{
    size_t n = 0;
    while (ladder_find(w, from, start, n))
        n++;
    return n;
}

struct str rung_header(const struct rung *r, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *line = strstr(r->text, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncmp(line, name, name_len) == 0 && line[name_len] == ':') {
            struct str value = str_from(line + name_len + 1);
            return str_trim(str_slice(value, 0, str_find(value, '\r')));
        }
    }
    return STR_NONE;
}

bool rung_is_within(const struct rung *r)
{
    struct str to = rung_header(r, "To");
    return to.len > 0 && memmem(to.at, to.len, ";tag=", 5);
}
