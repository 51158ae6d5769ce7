/* Builds the copy of a request for one target (RFC 3261 16.6): Request-URI, next hop, Record-Route,
 * Route and numbers, each as an edit of the received bytes. Sends nothing. */
#include "proxy/legs.h"

#include "proxy/path.h"

/* The first URI of a list of Path values, and the values behind it. */
static bool path_first(struct str path, struct str *uri, struct str *rest)
{
    bool quoted = false;
    size_t open = path.len;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '<' && open == path.len)
            open = i + 1;
        else if (!quoted && c == '>' && open < path.len) {
            *uri = str_slice(path, open, i - open);
            size_t comma = i + str_find(str_slice(path, i, path.len), ',');
            *rest = str_trim(str_slice(path, comma + 1, path.len));
            return true;
        }
    }
    return false;
}

struct clean_uri forward_clean_uri(const struct uri *u, struct str scheme)
{
    struct str text = u->text;
    struct clean_uri out = {0};
    if (u->headers.len > 0)
        text.len = (size_t)(u->headers.at - text.at);
    if (scheme.len > 0) {
        out.part[0] = scheme;
        text = str_slice(text, u->scheme_name.len, text.len);
    }
    out.part[1] = text;
    struct params params = {u->params};
    struct str name, value;
    for (size_t at = 0; params_next(params, &at, &name, &value);) {
        if (!str_equal_nocase(name, STR("method")))
            continue;
        const char *end = value.at ? value.at + value.len : name.at + name.len;
        out.part[1].len = (size_t)(name.at - 1 - text.at);
        out.part[2] = (struct str){end, (size_t)(text.at + text.len - end)};
        break;
    }
    return out;
}

static void set_request_uri(struct forward *f, const struct msg *m, const struct clean_uri *uri)
{
    uint32_t at = (uint32_t)(m->uri_text.at - m->bytes.at);
    uint32_t end = at + (uint32_t)m->uri_text.len;
    for (size_t i = 0; i < sizeof uri->part / sizeof *uri->part; i++) {
        if (uri->part[i].len == 0)
            continue;
        edits_add(&f->edits, at, end, uri->part[i]);
        at = end;
    }
}

/* RFC 3261 16.6 step 4, for requests that may make a dialog, known or not. */
static bool makes_dialog(struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    if (to && to->tag.len > 0)
        return false;
    switch (m->method) {
    case METHOD_INVITE:
    case METHOD_SUBSCRIBE:
    case METHOD_REFER:
    case METHOD_OTHER:
        return true;
    default:
        return false;
    }
}

/* The listener that the copy will leave by; that of its arrival where nothing tells. */
static unsigned leaves_by(const struct proxy *p, const struct forward *f, const struct msg *m)
{
    if (f->flow)
        return f->flow->listener;
    unsigned transport = uri_transport(&f->hop);
    if (transport == TRANSPORT_NONE)
        transport = f->hop.scheme == URI_SIPS ? TRANSPORT_TLS : TRANSPORT_UDP;
    struct addr addr;
    if (uri_host_addr(&f->hop, &addr)) {
        int i = engine_listener_for(p->engine, (enum transport)transport, &addr);
        return i < 0 ? m->flow.listener : (unsigned)i;
    }
    const struct listener *l = engine_listener(p->engine, m->flow.listener);
    if (l && l->transport == transport)
        return m->flow.listener;
    for (unsigned i = 0; (l = engine_listener(p->engine, i)); i++)
        if (l->transport == transport)
            return i;
    return m->flow.listener;
}

/* New lines go where Record-Route stands, which must be ahead of it, else behind the Vias. */
static uint32_t insertion_point(const struct msg *m)
{
    const struct hdr *h = msg_header(m, HDR_RECORD_ROUTE);
    if (h)
        return h->at;
    h = msg_header(m, HDR_VIA);
    for (const struct hdr *next = h; next; next = msg_header_next(m, h))
        h = next;
    return h->end;
}

/* RFC 5627 6.2: to a phone behind a Path, and from one whose Contact is a GRUU of ours where others
 * stay in the path. */
static bool gruu_needs_us(const struct proxy *p, struct msg *m, const struct goal *goal)
{
    const struct target *t = goal->target;
    if (t && t->path.len > 0 && t->instance.len > 0)
        return true;
    const struct nameaddr *contact = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    return msg_header(m, HDR_RECORD_ROUTE) && contact && !contact->star &&
           uri_has_param(&contact->uri, STR("gr")) && uri_is_local(p, &contact->uri);
}

/* RFC 6223 4.4: of a dialog or registration that we stay in the path of. */
static void take_keep_alives(struct msg *m)
{
    m->keep_s =
        transport_is_reliable(m->flow.transport) ? LIMIT_KEEP_STREAMS_S : LIMIT_KEEP_DATAGRAMS_S;
}

static void put_lines(struct proxy *p, struct forward *f, struct msg *m, const struct goal *goal,
                      const struct asserted *who, uint32_t at)
{
    size_t from = f->text.len;
    bool by_path = path_is_due(m);
    bool stays =
        makes_dialog(m) && (p->plan.record_route || p->plan.by_path || gruu_needs_us(p, m, goal));
    if (by_path)
        path_print(p, f, m, leaves_by(p, f, m));
    if (stays)
        record_route_print(p, f, m, goal, leaves_by(p, f, m));
    if (by_path || stays)
        take_keep_alives(m);
    forward_put_numbers(f, m, goal->breadth);
    session_put(f, m, &p->plan.session);
    identity_forward(p, f, m, who);
    if (f->text.len > from)
        edits_add(&f->edits, at, at, str_slice(buf_str(&f->text), from, f->text.len - from));
}

/* RFC 5626 5.3: by the registration's flow, or within a dialog by that of its other side. */
static const struct flow *flow_to(const struct proxy *p, const struct target *t, bool routed)
{
    if (!t)
        return p->plan.has_flow ? &p->plan.flow : NULL;
    return t->has_flow && !(routed && t->path.len == 0) ? &t->flow : NULL;
}

/* RFC 3261 16.6 step 7: the first Route value after all pushing decides, else the Request-URI. */
static bool choose_hop(const struct proxy *p, struct forward *f, const struct goal *goal,
                       struct route_change *change)
{
    const struct target *t = goal->target;
    struct str uri;
    struct msg_error err;
    f->flow = flow_to(p, t, change->first != NULL);
    if (t && t->path.len > 0) {
        if (!path_first(t->path, &uri, &change->push) || !uri_parse(uri, &f->hop, &err))
            return false;
        if (uri_has_param(&f->hop, STR("lr")))
            change->push = t->path;
    } else {
        f->hop = change->first ? change->first->uri : *goal->uri;
    }
    /* RFC 3261 16.6 step 7: a sips resource is reached as if the hop's URI were sips. */
    if (p->plan.request_uri.scheme == URI_SIPS)
        f->hop.scheme = URI_SIPS;
    return true;
}

static void change_routes(struct proxy *p, struct forward *f, struct msg *m,
                          const struct goal *goal, struct route_change *change, uint32_t at)
{
    bool pushed = goal->target && goal->target->path.len > 0;
    bool routed = pushed || change->first;
    bool strict = routed && !uri_has_param(&f->hop, STR("lr"));
    /* RFC 5630 5.3: a sip request never becomes a sips one. */
    bool downgrade = goal->uri->scheme == URI_SIPS && p->plan.request_uri.scheme == URI_SIP;
    struct clean_uri own = forward_clean_uri(goal->uri, downgrade ? STR("sip") : STR_NONE);
    struct clean_uri hop;
    if (strict) {
        hop = forward_clean_uri(&f->hop, STR_NONE);
        change->append = &own;
        if (!pushed) {
            change->first = change->first == p->plan.last
                                ? NULL
                                : msg_nameaddr_next(m, HDR_ROUTE, change->first);
            change->cut = true;
        }
    }
    if (strict || !str_equal(own.part[1], m->uri_text))
        set_request_uri(f, m, strict ? &hop : &own);
    if (change->cut || change->append || change->push.len > 0)
        forward_route(f, m, &p->plan, change, at);
}

bool forward_build(struct proxy *p, struct forward *f, struct msg *m, const struct goal *goal,
                   const struct asserted *who)
{
    struct route_change change = {.first = p->plan.first, .cut = p->plan.route_cut};
    edits_init(&f->edits);
    buf_init(&f->text, f->space, sizeof f->space);
    if (!choose_hop(p, f, goal, &change))
        return false;
    uint32_t at = insertion_point(m);
    forward_edit_numbers(f, m, p->plan.max_forwards, goal->breadth);
    session_edit(f, m, &p->plan.session);
    put_lines(p, f, m, goal, who, at);
    bool outside = !identity_goes_inside(p, f);
    if (outside)
        history_forward(p, f, m);
    if (goal->leg)
        leg_edit(p, f, m, goal->leg, at, outside && history_is_private(m));
    if (goal->step > 0)
        leg_step(p, f, m, goal, at, outside && history_is_private(m));
    change_routes(p, f, m, goal, &change, at);
    forward_credentials(p, f, m);
    return !f->text.over && !f->edits.over;
}
