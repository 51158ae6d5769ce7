/* The numbers in a forwarded request: Max-Forwards, Max-Breadth. */
#include "proxy/forward.h"

#define MAX_FORWARDS_DEFAULT 70 /* RFC 3261 16.6 step 3 */

static void edit_value(struct forward *f, const struct hdr *h, unsigned number)
{
    size_t from = f->text.len;
    buf_put_u64(&f->text, number);
    edits_add(&f->edits, h->value_at, h->value_at + h->value_len,
              str_slice(buf_str(&f->text), from, f->text.len - from));
}

static void put_line(struct forward *f, struct str name, size_t number)
{
    buf_put(&f->text, name);
    buf_put_lit(&f->text, ": ");
    buf_put_u64(&f->text, number);
    buf_put_lit(&f->text, "\r\n");
}

/* -1: absent or malformed. */
static int64_t breadth_of(struct msg *m)
{
    const struct number *n = msg_single(m, HDR_MAX_BREADTH);
    return n ? (int64_t)n->value : -1;
}

unsigned forward_breadth(struct msg *m)
{
    int64_t n = breadth_of(m);
    return n < 0 || n > LIMIT_PROXY_BREADTH ? LIMIT_PROXY_BREADTH : (unsigned)n;
}

/* RFC 5393 5.3.3: a single value. */
static void edit_breadth(struct forward *f, struct msg *m, unsigned breadth)
{
    struct hdr *h = msg_header(m, HDR_MAX_BREADTH);
    if (!h)
        return;
    if (breadth_of(m) != (int64_t)breadth)
        edit_value(f, h, breadth);
    while ((h = msg_header_next(m, h)))
        edits_remove_header(&f->edits, h);
}

void forward_edit_numbers(struct forward *f, struct msg *m, int max_forwards, unsigned breadth)
{
    const struct hdr *h = msg_header(m, HDR_MAX_FORWARDS);
    if (h)
        edit_value(f, h, max_forwards < 0 ? MAX_FORWARDS_DEFAULT : (unsigned)max_forwards - 1);
    edit_breadth(f, m, breadth);
}

void forward_put_numbers(struct forward *f, const struct msg *m, unsigned breadth)
{
    if (!msg_header(m, HDR_MAX_FORWARDS))
        put_line(f, STR("Max-Forwards"), MAX_FORWARDS_DEFAULT);
    if (!msg_header(m, HDR_MAX_BREADTH))
        put_line(f, STR("Max-Breadth"), breadth);
}
