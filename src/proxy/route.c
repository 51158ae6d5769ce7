/* Route preprocessing (RFC 3261 16.4). Knows no target and no state. */
#include "proxy/context.h"
#include "proxy/mark.h"
#include "proxy/path.h"

bool host_is_domain(const struct proxy *p, struct str host)
{
    for (size_t i = 0; i < p->config.n_domains; i++)
        if (str_equal_nocase(p->config.domains[i], host))
            return true;
    return false;
}

static bool is_listening_on(const struct proxy *p, uint16_t port)
{
    const struct listener *l;
    for (unsigned i = 0; (l = engine_listener(p->engine, i)); i++)
        if (l->port == port)
            return true;
    return false;
}

static bool host_is_local(const struct proxy *p, struct str host, uint16_t port, uint16_t implied)
{
    if (engine_is_local(p->engine, TRANSPORT_NONE, host, port ? port : implied))
        return true;
    return host_is_domain(p, host) && (port == 0 || is_listening_on(p, port));
}

bool uri_is_local(const struct proxy *p, const struct uri *u)
{
    if (u->scheme != URI_SIP && u->scheme != URI_SIPS)
        return false;
    return host_is_local(p, u->host, u->port, uri_port(u));
}

/* Of the values of ours that go, the one nearest to where the request goes knows the flow there. */
static void take_mark(const struct proxy *p, struct msg *m, const struct uri *u, struct plan *plan)
{
    bool stateless;
    bool marked = mark_read(p, m, u, &plan->flow, &plan->has_flow, &stateless);
    plan->marked = plan->marked || marked;
    plan->stateless = plan->stateless || stateless;
}

static bool is_source(const struct flow *f, const struct flow *source)
{
    if (f->transport != source->transport)
        return false;
    return transport_is_reliable(f->transport) ? f->conn == source->conn
                                               : addr_equal(&f->remote, &source->remote);
}

/* RFC 5626 5.3: a request that comes by the flow is one of the phone's own. */
static void take_own(const struct proxy *p, struct msg *m, const struct uri *u, struct plan *plan)
{
    struct flow flow;
    switch (path_read(p, u, &flow)) {
    case PATH_NONE:
        if (!plan->by_path)
            take_mark(p, m, u, plan);
        break;
    case PATH_BAD:
        plan->bad_path = true;
        break;
    case PATH_OURS:
        if (is_source(&flow, &m->flow))
            break;
        plan->flow = flow;
        plan->has_flow = plan->by_path = plan->marked = true;
        break;
    }
}

static bool route_is_readable(const struct msg *m)
{
    for (struct hdr *h = msg_header(m, HDR_ROUTE); h; h = msg_header_next(m, h))
        if (h->bad)
            return false;
    return true;
}

/* Finds first and last, and gives back the value before the last. */
static const struct nameaddr *read_route(struct msg *m, struct plan *plan)
{
    const struct nameaddr *before = NULL;
    plan->first = plan->last = msg_nameaddr_next(m, HDR_ROUTE, NULL);
    for (const struct nameaddr *v = plan->first; (v = msg_nameaddr_next(m, HDR_ROUTE, v));) {
        before = plan->last;
        plan->last = v;
    }
    return before;
}

/* RFC 3261 16.4: a strict router put our Record-Route value where the Request-URI was, and that one
 * behind the Route. Ours have no user; without the mark (an earlier life's key) nothing else makes
 * sense of such a URI either. */
static void undo_strict(const struct proxy *p, struct msg *m, const struct nameaddr *before_last,
                        struct plan *plan)
{
    const struct uri *u = &plan->request_uri;
    if (!plan->last || u->user.at || !uri_has_param(u, STR("lr")) || !uri_is_local(p, u))
        return;
    take_own(p, m, u, plan);
    plan->request_uri = plan->last->uri;
    plan->uri_changed = true;
    plan->route_cut = true;
    plan->last = before_last;
    if (!before_last)
        plan->first = NULL;
}

/* RFC 3261 16.4: was the request received by the port and transport that the URI indicates? */
static bool came_as_indicated(const struct proxy *p, const struct msg *m, const struct uri *u)
{
    unsigned transport = uri_transport(u);
    if (transport == TRANSPORT_NONE)
        transport = u->scheme == URI_SIPS ? TRANSPORT_TLS : TRANSPORT_UDP;
    const struct listener *l = engine_listener(p->engine, m->flow.listener);
    return l && m->flow.transport == transport && l->port == uri_port(u);
}

/* Without port, maddr, transport and headers. */
static void print_stripped(struct buf *b, const struct uri *u)
{
    buf_put(b, (struct str){u->text.at, (size_t)(u->host.at - u->text.at) + u->host.len});
    struct params params = {u->params};
    struct str name, value;
    for (size_t at = 0; params_next(params, &at, &name, &value);) {
        if (str_equal_nocase(name, STR("maddr")) || str_equal_nocase(name, STR("transport")))
            continue;
        buf_put_char(b, ';');
        buf_put(b, name);
        if (value.at) {
            buf_put_char(b, '=');
            buf_put(b, value);
        }
    }
}

static void strip_maddr(const struct proxy *p, const struct msg *m, struct plan *plan)
{
    const struct uri *u = &plan->request_uri;
    struct str maddr;
    if (u->params.len == 0 || (u->scheme != URI_SIP && u->scheme != URI_SIPS) ||
        !uri_param(u, STR("maddr"), &maddr))
        return;
    if (!host_is_local(p, maddr, u->port, uri_port(u)) || !came_as_indicated(p, m, u))
        return;
    struct buf b;
    struct uri stripped;
    struct msg_error err;
    buf_init(&b, plan->uri_text, sizeof plan->uri_text);
    print_stripped(&b, u);
    plan->uri_too_long = b.over;
    if (b.over || !uri_parse(buf_str(&b), &stripped, &err))
        return;
    plan->request_uri = stripped;
    plan->uri_changed = true;
}

/* RFC 3261 16.4 with RFC 5658 5: our values at the top go, both of a double pair at once. */
static void pop_own(const struct proxy *p, struct msg *m, struct plan *plan)
{
    while (plan->first && uri_is_local(p, &plan->first->uri)) {
        take_own(p, m, &plan->first->uri, plan);
        plan->route_cut = true;
        if (plan->first == plan->last)
            plan->first = plan->last = NULL;
        else
            plan->first = msg_nameaddr_next(m, HDR_ROUTE, plan->first);
    }
}

/* RFC 3261 16.6 step 7: to a sips resource over TLS alone. */
static bool flow_fits(const struct flow *f, const struct uri *u)
{
    return u->scheme != URI_SIPS || transport_is_secure(f->transport);
}

bool plan_route(const struct proxy *p, struct msg *m, struct plan *plan)
{
    plan->request_uri = *msg_uri(m);
    plan->uri_changed = plan->marked = plan->route_cut = plan->uri_too_long = false;
    plan->has_flow = plan->by_path = plan->bad_path = plan->stateless = false;
    plan->first = plan->last = NULL;
    const struct nameaddr *before_last = read_route(m, plan);
    if (!route_is_readable(m))
        return false;
    undo_strict(p, m, before_last, plan);
    strip_maddr(p, m, plan);
    pop_own(p, m, plan);
    plan->has_flow = plan->has_flow && (plan->by_path || !plan->first) &&
                     flow_fits(&plan->flow, &plan->request_uri);
    return true;
}
