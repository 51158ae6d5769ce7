/* Holds dialogs against RFC 3261 12 and against the limits. */
#include "dialog_check.h"

#include <assert.h>

#include "base/limits.h"
#include "dialog/route_set.h"
#include "message.h"

void dialog_check_bounds(const struct dialog *d)
{
    const struct str whole = {d->text, d->text_len};
    const struct str parts[] = {d->id.call_id, d->id.local_tag,  d->id.remote_tag, d->local,
                                d->remote,     d->remote_target, d->contact,       d->routes};
    assert(d->text_len <= LIMIT_DIALOG_BYTES);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].len > 0)
            assert_inside(whole, parts[i]);
}

void dialog_check_received(const struct dialog *before, const struct dialog *after, struct msg *m,
                           unsigned status)
{
    const struct cseq *cseq = msg_cseq(m);
    bool counts = m->method != METHOD_ACK && m->method != METHOD_CANCEL;
    assert(status == 0 || status == 400 || status == 481 || status == 500);
    if (status == 0 && counts) {
        assert(!before->has_remote_seq || cseq->number > before->remote_seq);
        assert(after->has_remote_seq && after->remote_seq == cseq->number);
        return;
    }
    assert(after->has_remote_seq == before->has_remote_seq);
    assert(after->remote_seq == before->remote_seq);
}

void dialog_check_kept(const struct dialog *before, const struct dialog *after, int err)
{
    if (!err)
        return;
    assert(after->text == before->text && after->text_len == before->text_len);
    assert(after->state == before->state && after->local_seq == before->local_seq);
    assert(str_equal(after->remote_target, before->remote_target));
}

static unsigned count(struct msg *m, enum hdr_id id)
{
    unsigned n = 0;
    for (const struct nameaddr *v = msg_nameaddr_next(m, id, NULL); v;
         v = msg_nameaddr_next(m, id, v))
        n++;
    return n;
}

/* RFC 3261 12.2.1.1: a strict router takes the place of the target, which goes to the end. */
static void check_routes(const struct dialog *d, struct msg *m)
{
    static const char head[] = "OPTIONS sip:a SIP/2.0\r\nRoute: ";
    char text[LIMIT_DIALOG_BYTES + sizeof(head) + 4];
    struct message routes;
    struct buf b;
    if (d->routes.len == 0) {
        assert(!msg_header(m, HDR_ROUTE));
        return;
    }
    buf_init(&b, text, sizeof(text));
    buf_put(&b, str_from(head));
    buf_put(&b, d->routes);
    buf_put_lit(&b, "\r\n\r\n");
    message_parse(&routes, buf_str(&b), MSG_DATAGRAM);
    assert(!b.over && count(&routes.m, HDR_ROUTE) == count(m, HDR_ROUTE));
    message_free(&routes);
}

static void check_text(const struct dialog *d, const struct dialog_request *r, struct msg *m)
{
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    const struct cseq *cseq = msg_cseq(m);
    assert(m->is_request && str_equal(m->method_name, r->method) && msg_uri(m));
    assert(from && str_equal(from->tag, d->id.local_tag));
    assert(to && str_equal(to->tag, d->id.remote_tag));
    assert(str_equal(msg_call_id(m), d->id.call_id));
    assert(cseq && str_equal(cseq->method_name, r->method) && msg_max_forwards(m) == 70);
    assert(str_equal(m->body, r->body));
    bool is_ack = str_equal(r->method, STR("ACK"));
    uint32_t number = is_ack ? (r->ack ? r->ack : d->invite_seq) : d->local_seq;
    assert(cseq->number == number);
    check_routes(d, m);
}

void dialog_check_print(struct dialog *d, const struct dialog_request *r, size_t cap)
{
    char *room = malloc(cap ? cap : 1);
    struct dialog before = *d;
    struct message x;
    struct uri hop;
    struct buf b;
    assert(room);
    buf_init(&b, room, cap);
    int err = dialog_print_request(d, r, &b, &hop);
    assert(d->text == before.text && d->state == before.state);
    bool is_ack = str_equal(r->method, STR("ACK"));
    assert(is_ack || err ||
           d->local_seq == (before.has_local_seq ? before.local_seq + 1 : d->local_seq));
    if (err) {
        assert(d->local_seq == before.local_seq);
    } else {
        assert(hop.text.len > 0 && hop.scheme != URI_NONE);
        message_parse(&x, buf_str(&b), MSG_DATAGRAM);
        check_text(d, r, &x.m);
        message_free(&x);
    }
    free(room);
}

const struct dialog *dialog_check_last(const struct early *e)
{
    const struct dialog *last = NULL;
    LIST_EACH (&e->dialogs, node, after)
        last = CONTAINER_OF(node, struct dialog, node);
    return last;
}
