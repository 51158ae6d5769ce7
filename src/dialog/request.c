/* Prints requests within a dialog (RFC 3261 12.2.1.1); the Via is whose who sends them. */
#include "dialog/dialog.h"
#include "dialog/route_set.h"

#define CSEQ_MAX UINT32_C(0x7fffffff) /* RFC 3261 8.1.1.5 */

enum { NONE = 0, DIALOG = 1, TARGET = 2 };

static const unsigned char method_flags[N_METHODS] = {
#define METHOD(name, flags) [METHOD_##name] = (flags),
#include "methods.def"
#undef METHOD
};

bool dialog_is_target_refresh(enum method m)
{
    return (method_flags[m] & TARGET) != 0;
}

static void put_line(struct buf *b, struct str name, struct str value)
{
    buf_put(b, name);
    buf_put(b, value);
    buf_put_lit(b, "\r\n");
}

static void put_address(struct buf *b, struct str name, struct str address, struct str tag)
{
    buf_put(b, name);
    buf_put(b, address);
    /* RFC 3261 12.2.1.1: a null tag is left out */
    if (tag.len > 0) {
        buf_put_lit(b, ";tag=");
        buf_put(b, tag);
    }
    buf_put_lit(b, "\r\n");
}

static void put_cseq(struct buf *b, uint32_t number, struct str method)
{
    buf_put_lit(b, "CSeq: ");
    buf_put_u64(b, number);
    buf_put_char(b, ' ');
    put_line(b, method, STR_NONE);
}

static void put_contact(struct buf *b, const struct dialog *d, enum method method)
{
    if (d->contact.len == 0 || !dialog_is_target_refresh(method))
        return;
    buf_put_lit(b, "Contact: <");
    buf_put(b, d->contact);
    buf_put_lit(b, ">\r\n");
}

static void print(const struct dialog *d, const struct dialog_request *r, uint32_t number,
                  const struct route_plan *plan, struct buf *b)
{
    buf_put(b, r->method);
    buf_put_char(b, ' ');
    route_print_request_uri(b, &plan->request_uri);
    buf_put_lit(b, " SIP/2.0\r\n");
    route_print_header(b, plan);
    buf_put_lit(b, "Max-Forwards: 70\r\n");
    put_address(b, STR("From: "), d->local, d->id.local_tag);
    put_address(b, STR("To: "), d->remote, d->id.remote_tag);
    put_line(b, STR("Call-ID: "), d->id.call_id);
    put_cseq(b, number, r->method);
    put_contact(b, d, method_of(r->method));
    buf_put(b, r->headers);
    buf_put_lit(b, "Content-Length: ");
    buf_put_u64(b, r->body.len);
    buf_put_lit(b, "\r\n\r\n");
    buf_put(b, r->body);
}

/* 0: there is none left. */
static uint32_t number_of(const struct dialog *d, const struct dialog_request *r)
{
    /* RFC 3261 13.2.2.4: the ACK has the number of the INVITE that it acknowledges. */
    if (method_of(r->method) == METHOD_ACK)
        return r->ack ? r->ack : d->invite_seq;
    if (!d->has_local_seq)
        return 1;
    return d->local_seq < CSEQ_MAX ? d->local_seq + 1 : 0;
}

static void take_number(struct dialog *d, enum method method, uint32_t number)
{
    if (method == METHOD_ACK)
        return;
    d->has_local_seq = true;
    d->local_seq = number;
    if (method == METHOD_INVITE)
        d->invite_seq = number;
}

/* RFC 3261 13.2.2.4: a 2xx that comes again after our BYE is acknowledged again. */
static bool may_send(const struct dialog *d, enum method method)
{
    return d->state != DIALOG_TERMINATED || method == METHOD_ACK;
}

int dialog_print_request(struct dialog *d, const struct dialog_request *r, struct buf *b,
                         struct uri *hop)
{
    struct route_plan plan;
    if (r->method.len == 0 || !may_send(d, method_of(r->method)))
        return ERR_INVALID;
    int err = route_plan(d->routes, d->remote_target, &plan);
    if (err)
        return err;
    uint32_t number = number_of(d, r);
    if (number == 0)
        return ERR_LIMIT;
    print(d, r, number, &plan, b);
    if (b->over)
        return ERR_LIMIT;
    take_number(d, method_of(r->method), number);
    *hop = plan.hop;
    return OK;
}
