/* Via: branches, loops, transports (RFC 3261 8.1.1.7, 18; RFC 3581). Knows no other header. */
#include "rules.h"

#define COOKIE "z9hG4bK"
#define COMPARED 64 /* the Vias of one message that are compared with each other */

static void branch(struct lint *l, struct msg *m, const struct via *v)
{
    if (v->branch.len == 0)
        lint_note_at(l, m, LINT_VIA_WITHOUT_BRANCH, v->text, HDR_VIA);
    else if (!str_starts_nocase(v->branch, STR(COOKIE)))
        lint_note_at(l, m, LINT_BRANCH_WITHOUT_COOKIE, v->branch, HDR_VIA);
    else if (v->branch.len == sizeof(COOKIE) - 1)
        lint_note_at(l, m, LINT_BRANCH_NOT_UNIQUE, v->branch, HDR_VIA);
}

static void transport(struct lint *l, struct msg *m, const struct via *v)
{
    if (v->transport == TRANSPORT_NONE)
        lint_note_at(l, m, LINT_VIA_TRANSPORT, v->text, HDR_VIA);
}

/* RFC 3581 4: behind a NAT the answer finds its way back by rport alone. */
static void return_port(struct lint *l, struct msg *m, const struct via *v)
{
    struct addr a;
    if (m->is_request && v->transport == TRANSPORT_UDP && !v->has_rport &&
        addr_parse_ip(v->host, &a) && lint_is_private(&a))
        lint_note_at(l, m, LINT_VIA_WITHOUT_RPORT, v->text, HDR_VIA);
}

static void twice(struct lint *l, struct msg *m, const struct via *seen[COMPARED], unsigned n)
{
    for (unsigned i = 0; i + 1 < n; i++)
        if (seen[n - 1]->branch.len > 0 && str_equal(seen[i]->branch, seen[n - 1]->branch))
            lint_note_at(l, m, LINT_BRANCH_TWICE, seen[n - 1]->branch, HDR_VIA);
}

void lint_vias(struct lint *l, struct msg *m)
{
    const struct via *seen[COMPARED];
    unsigned n = 0;
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v)) {
        if (n == COMPARED)
            return;
        seen[n++] = v;
        branch(l, m, v);
        transport(l, m, v);
        twice(l, m, seen, n);
    }
    if (n > 0)
        return_port(l, m, seen[0]);
    if (lint_is_method(m, METHOD_CANCEL) && n > 1)
        lint_note_at(l, m, LINT_CANCEL_VIAS, seen[1]->text, HDR_VIA);
}
