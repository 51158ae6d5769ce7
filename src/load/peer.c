/* What a dialog knows of its other side: tag, target, route set (RFC 3261 12.1). */
#include "session.h"

struct str peer_tag(const struct leg *leg)
{
    return leg->peer ? str_slice(block_str(leg->peer), 0, leg->tag_len) : STR_NONE;
}

struct str peer_target(const struct leg *leg)
{
    return leg->peer ? str_slice(block_str(leg->peer), leg->tag_len, leg->target_len) : STR_NONE;
}

struct str peer_routes(const struct leg *leg)
{
    return leg->peer ? str_slice(block_str(leg->peer), (size_t)leg->tag_len + leg->target_len,
                                 leg->routes_len)
                     : STR_NONE;
}

static void put_route(struct buf *b, size_t from, const struct nameaddr *n)
{
    if (b->len > from)
        buf_put_lit(b, ", ");
    buf_put(b, n->text);
}

/* RFC 3261 12.1.2: of a response in reverse order, 12.1.1: of a request as it stands. */
static void put_routes(struct buf *b, struct msg *m)
{
    const struct nameaddr *all[64], *n = NULL;
    size_t from = b->len;
    unsigned count = 0;
    while (count < 64 && (n = msg_nameaddr_next(m, HDR_RECORD_ROUTE, n)))
        all[count++] = n;
    for (unsigned i = 0; i < count; i++)
        put_route(b, from, all[m->is_request ? i : count - 1 - i]);
}

static struct str target_of(struct msg *m)
{
    const struct nameaddr *n = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    return n ? n->uri_text : STR_NONE;
}

/* What is known already stays where it is not told anew. */
static bool write_peer(struct load *l, struct leg *leg, struct msg *m, struct str tag, bool routes)
{
    struct str target = routes ? target_of(m) : STR_NONE;
    bool has_target = target.len > 0;
    if (!has_target)
        target = peer_target(leg);
    struct block *new = block_new(l->blocks, tag.len + target.len + m->bytes.len + leg->routes_len);
    struct buf b;
    if (!new)
        return false;
    buf_init(&b, new->bytes, new->cap);
    buf_put(&b, tag);
    buf_put(&b, target);
    size_t before = b.len;
    if (routes && leg->routes_len == 0)
        put_routes(&b, m);
    else
        buf_put(&b, peer_routes(leg));
    new->len = (uint32_t)b.len;
    leg->routes_len = (uint16_t)(b.len - before);
    leg->tag_len = (uint16_t)tag.len;
    leg->target_len = (uint16_t)target.len;
    block_unref(l->blocks, leg->peer);
    leg->peer = new;
    return true;
}

bool peer_learn(struct load *l, struct leg *leg, struct msg *m, bool routes)
{
    const struct nameaddr *n = m->is_request ? msg_from(m) : msg_to(m);
    struct str tag = n ? n->tag : STR_NONE;
    if (tag.len == 0)
        return true;
    if (!routes && str_equal(tag, peer_tag(leg)))
        return true;
    return write_peer(l, leg, m, tag, routes);
}
