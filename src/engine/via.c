/* What Via does at the transport layer: received and rport on requests, where responses go, whose a
 * response is. RFC 3261 18, RFC 3581. */
#include "engine/state.h"

uint16_t via_sent_by_port(struct msg *m)
{
    const struct via *v = msg_via(m);
    if (v && v->port)
        return v->port;
    return transport_port(m->flow.transport);
}

bool via_has_rport(struct msg *m)
{
    const struct via *v = msg_via(m);
    return v && v->has_rport;
}

/* RFC 3261 18.2.2: to maddr where it is a unicast address. A multicast group gets nothing from us:
 * the answer then goes to the source. */
static bool maddr_of(const struct via *v, struct addr *out)
{
    return v->maddr.len > 0 && addr_parse_ip(v->maddr, out) && !addr_is_multicast(out) &&
           !addr_is_any(out);
}

void via_reply_flow(struct msg *m, struct flow *out)
{
    *out = m->flow;
    const struct via *v = msg_via(m);
    if (transport_is_reliable(m->flow.transport) || !v)
        return;
    struct addr maddr;
    if (maddr_of(v, &maddr) && maddr.family == m->flow.remote.family) {
        out->remote = maddr;
        out->remote.port = via_sent_by_port(m);
    } else if (!v->has_rport) {
        out->remote.port = via_sent_by_port(m);
    }
}

bool via_is_ours(const struct engine *e, const struct via *v)
{
    return engine_is_local(e, TRANSPORT_NONE, v->host, v->port);
}

void via_mark(struct engine *e, struct msg *m, struct edits *edits)
{
    const struct via *v = msg_via(m);
    struct buf b;
    buf_init(&b, e->via_text, SCRATCH_SIZE);
    if (!v || !msg_print_top_via(&b, m) || b.over || str_equal(buf_str(&b), v->text))
        return;
    uint32_t at = (uint32_t)(v->text.at - m->bytes.at);
    edits_add(edits, at, at + (uint32_t)v->text.len, buf_str(&b));
}

bool via_strip(struct msg *m, struct edits *edits)
{
    struct via *v = msg_via(m);
    const struct via *next = v ? msg_via_next(m, v) : NULL;
    if (!next)
        return false;
    const struct hdr *h = msg_header(m, HDR_VIA);
    uint32_t at = (uint32_t)(v->text.at - m->bytes.at);
    uint32_t next_at = (uint32_t)(next->text.at - m->bytes.at);
    if (next_at < h->end)
        edits_add(edits, at, next_at, STR_NONE);
    else
        edits_remove_header(edits, h);
    return true;
}
