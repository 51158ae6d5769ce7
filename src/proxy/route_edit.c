/* Edits of the Route header of a forwarded request (RFC 3261 16.6 step 6): values pushed in front,
 * left out at either end, and appended. */
#include "proxy/forward.h"

static uint32_t offset(const struct msg *m, const char *at)
{
    return (uint32_t)(at - m->bytes.at);
}

static void insert(struct forward *f, uint32_t at, struct str text)
{
    if (text.len > 0)
        edits_add(&f->edits, at, at, text);
}

static void insert_uri(struct forward *f, uint32_t at, const struct clean_uri *uri)
{
    insert(f, at, STR("<"));
    for (size_t i = 0; i < sizeof uri->part / sizeof *uri->part; i++)
        insert(f, at, uri->part[i]);
    insert(f, at, STR(">"));
}

static bool stands_in(const struct msg *m, const struct hdr *h, const struct nameaddr *v)
{
    uint32_t at = offset(m, v->text.at);
    return at >= h->at && at < h->end;
}

/* Leaves [*v, last] of one line; *v moves on to the first value of a later line. */
static void cut_line(struct forward *f, struct msg *m, const struct hdr *h,
                     const struct nameaddr **v, const struct nameaddr *last)
{
    if (!*v || !stands_in(m, h, *v)) {
        edits_remove_header(&f->edits, h);
        return;
    }
    uint32_t from = offset(m, (*v)->text.at), to = h->value_at + h->value_len;
    if (from > h->value_at)
        edits_add(&f->edits, h->value_at, from, STR_NONE);
    while (*v && stands_in(m, h, *v)) {
        uint32_t end = offset(m, (*v)->text.at + (*v)->text.len);
        bool is_last = *v == last;
        *v = is_last ? NULL : msg_nameaddr_next(m, HDR_ROUTE, *v);
        if (is_last && end < to)
            edits_add(&f->edits, end, to, STR_NONE);
    }
}

/* Ahead of existing values (RFC 3261 16.6 step 6). */
static void push(struct forward *f, uint32_t at, struct str values)
{
    insert(f, at, STR("Route: "));
    insert(f, at, values);
    insert(f, at, STR("\r\n"));
}

void forward_route(struct forward *f, struct msg *m, const struct plan *plan,
                   const struct route_change *change, uint32_t insert_at)
{
    struct hdr *h = msg_header(m, HDR_ROUTE);
    uint32_t at = h ? h->at : insert_at;
    if (change->push.len > 0)
        push(f, at, change->push);
    if (change->append && !change->first) {
        insert(f, at, STR("Route: "));
        insert_uri(f, at, change->append);
        insert(f, at, STR("\r\n"));
    }
    if (change->append && change->first) {
        uint32_t end = offset(m, plan->last->text.at + plan->last->text.len);
        insert(f, end, STR(", "));
        insert_uri(f, end, change->append);
    }
    const struct nameaddr *v = change->first;
    for (; change->cut && h; h = msg_header_next(m, h))
        cut_line(f, m, h, &v, plan->last);
}
