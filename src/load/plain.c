/* Messages that no scenario has: answers to what was not expected, and the end of what was begun.
 * They are sent once. */
#include "session.h"

#define ROOM 512

static void put_header(struct buf *b, struct msg *m, enum hdr_id id)
{
    for (struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h)) {
        buf_put(b, hdr_name(m, h));
        buf_put_lit(b, ": ");
        buf_put(b, hdr_value(m, h));
        buf_put_lit(b, "\r\n");
    }
}

static void put_line(struct buf *b, const char *name, struct str value)
{
    buf_put(b, str_from(name));
    buf_put_lit(b, ": ");
    buf_put(b, value);
    buf_put_lit(b, "\r\n");
}

static struct block *begin(struct load *l, size_t room, struct buf *b)
{
    struct block *block = block_new(l->blocks, room);
    if (block)
        buf_init(b, block->bytes, block->cap);
    return block;
}

/* NULL: it is longer than there is room. */
static struct block *whole(struct load *l, struct block *block, struct buf *b)
{
    buf_put_lit(b, "Content-Length: 0\r\n\r\n");
    block->len = (uint32_t)b->len;
    if (!b->over)
        return block;
    block_unref(l->blocks, block);
    return NULL;
}

static void send_whole(struct load *l, struct session *s, struct block *block, struct buf *b)
{
    block = whole(l, block, b);
    if (block)
        session_send(l, s, block);
}

/* --- responses --- */

/* RFC 3261 8.2.6. NULL: no memory. */
static struct block *response(struct load *l, struct msg *m, unsigned status)
{
    struct buf b;
    struct block *block = begin(l, m->bytes.len + ROOM, &b);
    const struct nameaddr *to = msg_to(m);
    struct hdr *h = msg_header(m, HDR_TO);
    if (!block)
        return NULL;
    buf_put_lit(&b, "SIP/2.0 ");
    buf_put_u64(&b, status);
    buf_put_char(&b, ' ');
    buf_put(&b, status_reason(status));
    buf_put_lit(&b, "\r\n");
    put_header(&b, m, HDR_VIA);
    put_header(&b, m, HDR_FROM);
    buf_put_lit(&b, "To: ");
    buf_put(&b, h ? hdr_value(m, h) : STR_NONE);
    if (to && to->tag.len == 0) {
        buf_put_lit(&b, ";tag=");
        buf_put_hex(&b, load_tag(l, msg_call_id(m)), 16);
    }
    buf_put_lit(&b, "\r\n");
    put_header(&b, m, HDR_CALL_ID);
    put_header(&b, m, HDR_CSEQ);
    return whole(l, block, &b);
}

void plain_reply(struct load *l, unsigned link, const struct addr *remote, struct msg *m,
                 unsigned status)
{
    struct block *block = response(l, m, status);
    if (block)
        load_push(l, link, 0, remote, block);
}

void plain_decline(struct load *l, struct leg *leg, unsigned status, time_ns now)
{
    struct msg old, *m = load_parse(l, l->old_space, &old, block_str(leg->invited));
    struct block *block = m ? response(l, m, status) : NULL;
    leg->is_declining = block != NULL;
    if (block)
        load_send_final(l, leg, block, now);
}

/* --- requests in the wake of our INVITE --- */

static struct msg *our_invite(struct load *l, struct leg *leg, struct msg *m)
{
    return leg->invite ? load_parse(l, l->old_space, m, block_str(leg->invite)) : NULL;
}

static void put_start(struct buf *b, const char *method, struct str uri)
{
    buf_put(b, str_from(method));
    buf_put_char(b, ' ');
    buf_put(b, uri);
    buf_put_lit(b, " SIP/2.0\r\n");
}

static void put_cseq(struct buf *b, uint32_t number, const char *method)
{
    buf_put_lit(b, "CSeq: ");
    buf_put_u64(b, number);
    buf_put_char(b, ' ');
    buf_put(b, str_from(method));
    buf_put_lit(b, "\r\nMax-Forwards: 70\r\n");
}

/* RFC 3261 17.1.1.3, 9.1: like the INVITE, but for To. */
static void send_like(struct load *l, struct session *s, struct msg *invite, struct msg *to,
                      const char *method)
{
    struct buf b;
    struct block *block = begin(l, invite->bytes.len + to->bytes.len + ROOM, &b);
    if (!block)
        return;
    put_start(&b, method, invite->uri_text);
    put_line(&b, "Via", msg_via(invite) ? msg_via(invite)->text : STR_NONE);
    put_header(&b, invite, HDR_ROUTE);
    put_header(&b, invite, HDR_FROM);
    put_header(&b, to, HDR_TO);
    put_header(&b, invite, HDR_CALL_ID);
    put_cseq(&b, msg_cseq(invite)->number, method);
    send_whole(l, s, block, &b);
}

static void put_new_via(struct buf *b, struct load *l, struct msg *invite)
{
    const struct via *v = msg_via(invite);
    buf_put_lit(b, "Via: ");
    buf_put(b, v->protocol);
    buf_put_char(b, ' ');
    buf_put(b, v->host);
    if (v->port) {
        buf_put_char(b, ':');
        buf_put_u64(b, v->port);
    }
    buf_put_lit(b, ";rport;branch=z9hG4bK");
    buf_put_hex(b, rand_u64(&l->rand), 16);
    buf_put_lit(b, "\r\n");
}

/* RFC 3261 12.2.1.1: within the dialog that this 2xx made. */
static void send_within(struct load *l, struct session *s, struct leg *leg, struct msg *invite,
                        const char *method, uint32_t cseq)
{
    struct buf b;
    struct str target = peer_target(leg), routes = peer_routes(leg), tag = peer_tag(leg);
    struct block *block = begin(l, invite->bytes.len + ROOM + target.len + routes.len, &b);
    const struct hdr *to = msg_header(invite, HDR_TO);
    if (!block)
        return;
    put_start(&b, method, target.len ? target : invite->uri_text);
    put_new_via(&b, l, invite);
    if (routes.len > 0)
        put_line(&b, "Route", routes);
    put_header(&b, invite, HDR_FROM);
    buf_put_lit(&b, "To: ");
    buf_put(&b, hdr_value(invite, to));
    if (msg_to(invite) && msg_to(invite)->tag.len == 0) {
        buf_put_lit(&b, ";tag=");
        buf_put(&b, tag);
    }
    buf_put_lit(&b, "\r\n");
    put_header(&b, invite, HDR_CALL_ID);
    put_cseq(&b, cseq, method);
    send_whole(l, s, block, &b);
}

void plain_ack(struct load *l, struct session *s, struct leg *leg, struct msg *m)
{
    struct msg old, *invite = our_invite(l, leg, &old);
    if (!invite || !msg_via(invite) || !msg_header(invite, HDR_TO))
        return;
    if (m->status >= 300)
        send_like(l, s, invite, m, "ACK");
    else if (peer_learn(l, leg, m, true))
        send_within(l, s, leg, invite, "ACK", msg_cseq(invite)->number);
}

void plain_cancel(struct load *l, struct session *s, struct leg *leg)
{
    struct msg old, *invite = our_invite(l, leg, &old);
    if (invite)
        send_like(l, s, invite, invite, "CANCEL");
}

void plain_bye(struct load *l, struct session *s, struct leg *leg)
{
    struct msg old, *invite = our_invite(l, leg, &old);
    leg->is_confirmed = false;
    if (!invite || !msg_via(invite) || !msg_header(invite, HDR_TO))
        return;
    send_within(l, s, leg, invite, "BYE", ++leg->cseq);
}
