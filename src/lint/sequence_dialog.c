/* Dialogs: their tags, their route sets, and the ACK that a 2xx waits for (RFC 3261 12.1, 12.2,
 * 13.3.1.4). */
#include "sequence.h"

/* Either way round: both sides send requests. */
static bool same_dialog(const struct fact *a, const struct fact *b)
{
    return (str_equal(a->from_tag, b->from_tag) && str_equal(a->to_tag, b->to_tag)) ||
           (str_equal(a->from_tag, b->to_tag) && str_equal(a->to_tag, b->from_tag));
}

/* RFC 3261 14.1: what changes a call is sent within its dialog. */
static void begins_again(const struct sequence *q, const struct fact *f)
{
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p))
        if (class_of(p) == 2 && p->method == METHOD_INVITE && p->cseq < f->cseq &&
            str_equal(p->from_tag, f->from_tag)) {
            sequence_note(f, LINT_REINVITE_NO_TAG, HDR_TO);
            return;
        }
}

/* A NOTIFY may make its dialog before the answer does, and another one for each fork (RFC 6665
 * 4.4.1). */
void sequence_tags(const struct sequence *q, const struct fact *f)
{
    bool known = false;
    if (is_request(f, METHOD_INVITE) && f->to_tag.len == 0)
        begins_again(q, f);
    if (!f->m->is_request || f->to_tag.len == 0 || f->method == METHOD_NOTIFY)
        return;
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (p->to_tag.len > 0 && same_dialog(p, f))
            return;
        known |= !p->m->is_request && p->to_tag.len > 0 && p->m->status > 100 &&
                 (str_equal(p->from_tag, f->from_tag) || str_equal(p->from_tag, f->to_tag));
    }
    if (known)
        sequence_note(f, LINT_DIALOG_UNKNOWN, HDR_TO);
}

#define ROUTES_MOST 32

/* Both lists, one from its end: do they name the same? */
static bool reversed(struct msg *recorded, struct msg *routed)
{
    struct str uris[ROUTES_MOST];
    unsigned n = 0;
    for (const struct nameaddr *v = msg_nameaddr_next(recorded, HDR_RECORD_ROUTE, NULL); v;
         v = msg_nameaddr_next(recorded, HDR_RECORD_ROUTE, v)) {
        if (n == ROUTES_MOST || !uri_has_param(&v->uri, STR("lr")))
            return true; /* a strict router turns the list round (RFC 3261 12.2.1.1) */
        uris[n++] = v->uri_text;
    }
    for (const struct nameaddr *v = msg_nameaddr_next(routed, HDR_ROUTE, NULL); v;
         v = msg_nameaddr_next(routed, HDR_ROUTE, v))
        if (n == 0 || !str_equal(v->uri_text, uris[--n]))
            return false;
    return n == 0;
}

static bool is_readable(const struct msg *m, enum hdr_id header)
{
    for (const struct hdr *h = msg_header(m, header); h; h = msg_header_next(m, h))
        if (h->bad)
            return false;
    return true;
}

/* RFC 3261 12.1.2, 12.2.1.1: what the caller itself sends, against the 2xx as it came to it. */
void sequence_routes(const struct sequence *q, const struct fact *f)
{
    if (!f->m->is_request || f->n_vias != 1 || f->to_tag.len == 0 || f->method == METHOD_CANCEL)
        return;
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (class_of(p) != 2 || p->method != METHOD_INVITE || p->n_vias != 1 ||
            !str_equal(p->from_tag, f->from_tag) || !str_equal(p->to_tag, f->to_tag))
            continue;
        if (is_readable(p->m, HDR_RECORD_ROUTE) && is_readable(f->m, HDR_ROUTE) &&
            !reversed(p->m, f->m))
            sequence_note(f, LINT_ROUTE_SET, HDR_ROUTE);
        return;
    }
}
