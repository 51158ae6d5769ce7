/* The head of a response to a request, and Via as servers and clients write it. RFC
 * 3261 8.2.6.2, 18.2.1, RFC 3581 4. */
#include "fold.h"
#include "msg/print.h"

void print_via(struct buf *b, enum transport transport, struct str host, uint16_t port,
               struct str branch)
{
    buf_put_lit(b, "SIP/2.0/");
    buf_put(b, str_from(transport_name(transport)));
    buf_put_char(b, ' ');
    buf_put(b, host);
    if (port) {
        buf_put_char(b, ':');
        buf_put_u64(b, port);
    }
    buf_put_lit(b, ";branch=");
    buf_put(b, branch);
}

/* RFC 3261 18.2.1: where sent-by is a name or another address than the source's; RFC 3581 4: always
 * where rport is asked for. */
static bool needs_received(const struct msg *m, const struct via *v)
{
    struct addr sent_by;
    if (m->flow.remote.family == ADDR_NONE)
        return false;
    return v->has_rport || !addr_parse_ip(v->host, &sent_by) ||
           !addr_equal_ip(&sent_by, &m->flow.remote);
}

/* The parameters from the first on that the receiver sets, without those that it says itself and
 * without the white space around them. */
static void print_via_rest(struct buf *b, const struct msg *m, const struct via *v)
{
    struct params rest = {str_slice(v->text, v->own.len, v->text.len)};
    struct str name, value;
    for (size_t at = 0; params_next(rest, &at, &name, &value);) {
        if (str_equal_nocase(name, STR("received")) || str_equal_nocase(name, STR("rport")))
            continue;
        buf_put_char(b, ';');
        buf_put(b, name);
        if (value.at) {
            buf_put_char(b, '=');
            fold_put(b, m, value);
        } else if (m->keep_s > 0 && str_equal_nocase(name, STR("keep"))) {
            buf_put_char(b, '=');
            buf_put_u64(b, m->keep_s);
        }
    }
}

static void print_via_source(struct buf *b, const struct msg *m, const struct via *v)
{
    buf_put_lit(b, ";received=");
    addr_print_ip(b, &m->flow.remote);
    if (v->has_rport) {
        buf_put_lit(b, ";rport=");
        buf_put_u64(b, m->flow.remote.port);
    }
}

bool msg_print_top_via(struct buf *b, struct msg *m)
{
    const struct via *v = msg_via(m);
    if (!v)
        return false;
    bool from_elsewhere = needs_received(m, v);
    if (!from_elsewhere && !(m->keep_s > 0 && v->asks_keep)) { /* RFC 6223 4.4 */
        fold_put(b, m, v->text);
        return true;
    }
    fold_put(b, m, v->own);
    print_via_rest(b, m, v);
    if (from_elsewhere)
        print_via_source(b, m, v);
    return true;
}

/* The first Via line: its first value as the receiver completes it, the others as they stand. */
static void print_first_via_line(struct buf *b, struct msg *m, const struct hdr *h)
{
    struct str value = hdr_value(m, h);
    const struct via *v = msg_via(m);
    buf_put_lit(b, "Via: ");
    if (msg_print_top_via(b, m))
        value = str_slice(value, (size_t)(v->text.at + v->text.len - value.at), value.len);
    fold_put(b, m, value);
    buf_put_lit(b, "\r\n");
}

static void print_lines(struct buf *b, const struct msg *m, struct str name, const struct hdr *h)
{
    for (; h; h = msg_header_next(m, h))
        fold_put_line(b, m, name, h);
}

static void print_vias(struct buf *b, struct msg *m)
{
    const struct hdr *h = msg_header(m, HDR_VIA);
    if (!h)
        return;
    print_first_via_line(b, m, h);
    print_lines(b, m, STR("Via"), msg_header_next(m, h));
}

/* Inline, so that the name is a constant. */
static inline void print_one(struct buf *b, const struct msg *m, enum hdr_id id, struct str name)
{
    const struct hdr *h = msg_header(m, id);
    if (h)
        fold_put_line(b, m, name, h);
}

/* RFC 3261 8.2.6.2: the To of the request, with a tag where it has none ("tag=" without a value
 * takes it). A malformed one goes back as it came. */
static void print_to(struct buf *b, struct msg *m, struct str tag)
{
    const struct hdr *h = msg_header(m, HDR_TO);
    if (!h)
        return;
    const struct nameaddr *to = msg_to(m);
    struct str value = hdr_value(m, h);
    bool add = to && to->tag.len == 0 && tag.len;
    size_t at = add && to->tag.at ? (size_t)(to->tag.at - value.at) : value.len;
    buf_put_lit(b, "To: ");
    fold_put(b, m, str_slice(value, 0, at));
    if (add && !to->tag.at)
        buf_put_lit(b, ";tag=");
    if (add)
        buf_put(b, tag);
    fold_put(b, m, str_slice(value, at, value.len));
    buf_put_lit(b, "\r\n");
}

void msg_print_response_head(struct buf *b, struct msg *request, unsigned status, struct str reason,
                             struct str to_tag, bool with_record_route)
{
    buf_put_lit(b, "SIP/2.0 ");
    buf_put_u64(b, status);
    buf_put_char(b, ' ');
    buf_put(b, reason);
    buf_put_lit(b, "\r\n");
    print_vias(b, request);
    if (with_record_route)
        print_lines(b, request, STR("Record-Route"), msg_header(request, HDR_RECORD_ROUTE));
    print_one(b, request, HDR_FROM, STR("From"));
    print_to(b, request, to_tag);
    print_one(b, request, HDR_CALL_ID, STR("Call-ID"));
    print_one(b, request, HDR_CSEQ, STR("CSeq"));
    /* RFC 3261 8.2.6.1 */
    if (status == 100)
        print_one(b, request, HDR_TIMESTAMP, STR("Timestamp"));
}
