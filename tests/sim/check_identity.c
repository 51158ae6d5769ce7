/* What must hold of who is said to call (RFC 3325, RFC 3323): looks at the wire alone. Servers that
 * ask for passwords trust each other; phones and edges are outside. */
#include <string.h>

#include "sim/check.h"

#define FORGED "forged@"

static struct str text_of(const struct rung *r)
{
    return (struct str){r->text, r->len};
}

static bool is_of_phone(const struct node *n)
{
    return n && agent_of((struct node *)(uintptr_t)n);
}

/* RFC 3325 5, 6: what a phone claims nobody passes on, nor its wish. */
static void check_believed(const struct world *w, const struct rung *r)
{
    struct str asserted = rung_header(r, "P-Asserted-Identity");
    EXPECT(w,
           str_find(asserted, '@') == asserted.len || !str_starts(asserted, STR("<sip:" FORGED)));
    EXPECT(w, rung_header(r, "P-Preferred-Identity").len == 0);
}

/* RFC 3325 7: outside nobody learns what was asked to be withheld. */
static void check_withheld(const struct world *w, const struct rung *r)
{
    if (str_equal(rung_header(r, "Privacy"), STR("id")))
        EXPECT(w, !strstr(r->text, "\r\nP-Asserted-Identity:"));
}

static struct str bare(struct str from)
{
    size_t at = str_find(from, '<');
    struct str uri = at < from.len ? str_slice(from, at + 1, from.len) : from;
    return str_slice(uri, 0, str_find(uri, at < from.len ? '>' : ';'));
}

/* RFC 3325 5: who proved it is said to be it, to whoever is called. */
static void check_asserted(const struct world *w, const struct rung *r)
{
    struct str asserted = bare(rung_header(r, "P-Asserted-Identity"));
    if (rung_is_within(r) || rung_header(r, "Privacy").len > 0)
        return;
    EXPECT(w, str_equal(asserted, bare(rung_header(r, "From"))));
}

/* All have asked and trusted each other from the beginning. */
static bool is_of_one_mind(const struct world *w)
{
    unsigned forms = 0;
    for (size_t i = 0; i < w->n_nodes; i++)
        forms |= element_forms(w->nodes[i]);
    return forms == 0;
}

void check_identity(const struct world *w)
{
    bool kind = check_is_kind(w) && is_of_one_mind(w);
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (!str_starts(text_of(r), STR("INVITE ")) || is_of_phone(r->from))
            continue;
        check_believed(w, r);
        if (is_of_phone(r->to))
            check_withheld(w, r);
        if (is_of_phone(r->to) && kind && element_asks_passwords(r->from))
            check_asserted(w, r);
    }
}
