/* Our own Record-Route values (RFC 3261 16.6 step 4, RFC 5658) with their marks and flows. Knows no
 * target and no state. */
#include "proxy/forward.h"
#include "proxy/mark.h"

/* RFC 3261 16.6 step 4: a sips URI where the Request-URI or the topmost Route is one, else none.
 * What came as sip over TLS is then said by a parameter, which RFC 3261 26.2.2 calls deprecated:
 * phones know it, and a port alone would have them speak UDP to it. */
static bool wants_sips(const struct proxy *p)
{
    const struct plan *plan = &p->plan;
    return plan->request_uri.scheme == URI_SIPS ||
           (plan->first && plan->first->uri.scheme == URI_SIPS);
}

static struct str transport_param(unsigned transport, bool sips)
{
    switch (transport) {
    case TRANSPORT_TLS: /* RFC 5658 6.2: the scheme says it */
        return sips ? STR_NONE : STR(";transport=tls");
    case TRANSPORT_TCP:
        return STR(";transport=tcp");
    case TRANSPORT_WS:
    case TRANSPORT_WSS:
        return STR(";transport=ws");
    case TRANSPORT_SCTP:
        return STR(";transport=sctp");
    default:
        return STR_NONE;
    }
}

static void print_flow(struct buf *b, struct str name, struct str token)
{
    if (token.len == 0)
        return;
    buf_put(b, name);
    buf_put(b, token);
}

void forward_own_uri(const struct proxy *p, struct buf *b, unsigned listener, struct str before,
                     struct str token, uint64_t proof)
{
    const struct listener *l = engine_listener(p->engine, listener);
    bool sips = l->transport == TRANSPORT_WSS || (l->transport == TRANSPORT_TLS && wants_sips(p));
    buf_put(b, sips ? STR("sips:") : STR("sip:"));
    if (token.len > 0) {
        buf_put(b, before);
        buf_put(b, token);
        buf_put_char(b, '-');
        buf_put_hex(b, proof, MARK_LEN);
        buf_put_char(b, '@');
    }
    buf_put(b, l->host);
    buf_put_char(b, ':');
    buf_put_u64(b, l->port);
    buf_put(b, transport_param(l->transport, sips));
}

static void print_own(const struct proxy *p, struct buf *b, struct msg *m, unsigned listener,
                      struct mark mark)
{
    buf_put_lit(b, "Record-Route: <");
    forward_own_uri(p, b, listener, STR_NONE, STR_NONE, 0);
    buf_put_lit(b, ";lr");
    print_flow(b, STR(";f="), mark.from);
    print_flow(b, STR(";g="), mark.to);
    if (mark.stateless)
        buf_put_lit(b, ";m=s");
    buf_put_lit(b, ";t=");
    mark_print(p, b, m, mark);
    buf_put_lit(b, ">\r\n");
}

/* RFC 3581 4, RFC 5626 5.1: is the caller to be reached by the way that its request came? Never a
 * proxy before us: what it does not stay in the path of goes by Contact. */
static bool source_needs_flow(struct msg *m)
{
    struct addr sent_by;
    const struct via *v = msg_via(m);
    const struct flow *f = &m->flow;
    if (!v || v->next || msg_header_next(m, msg_header(m, HDR_VIA)))
        return false;
    if (transport_is_reliable(f->transport))
        return f->conn != 0;
    if (!addr_parse_ip(v->host, &sent_by) || !addr_equal_ip(&sent_by, &f->remote))
        return true;
    return v->has_rport && (v->port ? v->port : 5060) != f->remote.port;
}

/* RFC 5626 5.3: … and the callee by the flow of its registration? */
static bool target_needs_flow(const struct proxy *p, const struct forward *f,
                              const struct goal *goal)
{
    struct addr contact;
    if (p->plan.by_path) /* RFC 5626 5.3.1 */
        return true;
    if (!f->flow || !goal->target || goal->target->path.len > 0)
        return false;
    if (transport_is_reliable(f->flow->transport))
        return f->flow->conn != 0;
    return !uri_host_addr(goal->uri, &contact) || !addr_equal_ip(&contact, &f->flow->remote) ||
           uri_port(goal->uri) != f->flow->remote.port;
}

static struct str token_of(const struct flow *f, char at[FLOW_TOKEN_MAX])
{
    struct buf b;
    buf_init(&b, at, FLOW_TOKEN_MAX);
    flow_token_print(&b, f);
    return buf_str(&b);
}

void record_route_print(const struct proxy *p, struct forward *f, struct msg *m,
                        const struct goal *goal, unsigned out)
{
    char from[FLOW_TOKEN_MAX], to[FLOW_TOKEN_MAX];
    unsigned in = m->flow.listener;
    struct mark mark = {.from = source_needs_flow(m) ? token_of(&m->flow, from) : STR_NONE,
                        .to = target_needs_flow(p, f, goal) ? token_of(f->flow, to) : STR_NONE,
                        .stateless = p->plan.stateless};
    if (out == in) {
        print_own(p, &f->text, m, in, mark);
        return;
    }
    print_own(p, &f->text, m, out, (struct mark){.to = mark.to, .stateless = mark.stateless});
    print_own(p, &f->text, m, in, (struct mark){.from = mark.from, .stateless = mark.stateless});
}
