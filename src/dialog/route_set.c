/* Route sets from Record-Route and back into Request-URI and Route; knows no dialog. */
#include "dialog/route_set.h"

#include "base/limits.h"

static void put_route(struct buf *b, struct str uri)
{
    if (b->len > 0)
        buf_put_char(b, ',');
    buf_put_char(b, '<');
    buf_put(b, uri);
    buf_put_char(b, '>');
}

/* RFC 3261 12.1.1: a route is a SIP or SIPS URI; its text has no angle bracket to break the list.
 */
static bool is_route(const struct nameaddr *n)
{
    return n->uri.scheme == URI_SIP || n->uri.scheme == URI_SIPS;
}

/* A header line whose values could not be decoded ends the iteration silently: look for it. */
static bool has_bad_line(struct msg *m)
{
    for (const struct hdr *h = msg_header(m, HDR_RECORD_ROUTE); h; h = msg_header_next(m, h))
        if (h->bad)
            return true;
    return false;
}

static int collect(struct msg *m, struct str *uris)
{
    int n = 0;
    const struct nameaddr *v = NULL;
    while ((v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, v))) {
        if (!is_route(v))
            return ERR_INVALID;
        if (n == LIMIT_DIALOG_ROUTES)
            return ERR_LIMIT;
        uris[n++] = v->uri_text;
    }
    return has_bad_line(m) ? ERR_INVALID : n;
}

int route_set_record(struct buf *b, struct msg *m, enum route_order order)
{
    if (!msg_header(m, HDR_RECORD_ROUTE))
        return OK;
    struct str uris[LIMIT_DIALOG_ROUTES];
    int n = collect(m, uris);
    if (n < 0)
        return n;
    struct buf list;
    buf_init(&list, b->at + b->len, b->cap - b->len);
    for (int i = 0; i < n; i++)
        put_route(&list, uris[order == ROUTE_REVERSED ? n - 1 - i : i]);
    b->len += list.len;
    b->over |= list.over;
    return OK;
}

/* The first URI of a route set's text; *rest is what stands behind its comma. */
static struct str first_route(struct str routes, struct str *rest)
{
    size_t open = str_find(routes, '<');
    size_t close = str_find(routes, '>');
    struct str behind = str_slice(routes, close, routes.len);
    size_t comma = str_find(behind, ',');
    *rest = str_trim(str_slice(behind, comma + (comma < behind.len), behind.len));
    return open < close ? str_slice(routes, open + 1, close - open - 1) : STR_NONE;
}

int route_plan(struct str routes, struct str target, struct route_plan *out)
{
    struct msg_error err;
    *out = (struct route_plan){0};
    if (!uri_parse(target, &out->request_uri, &err))
        return ERR_INVALID;
    out->hop = out->request_uri;
    if (routes.len == 0)
        return OK;

    struct str rest;
    if (!uri_parse(first_route(routes, &rest), &out->hop, &err))
        return ERR_INVALID;
    out->routes = routes;
    if (uri_has_param(&out->hop, STR("lr")))
        return OK;
    /* RFC 3261 12.2.1.1: a strict router takes the Request-URI's place. */
    out->request_uri = out->hop;
    out->routes = rest;
    out->last = target;
    return OK;
}

/* ";name=value" each: a URI's values may have characters that a header's parameters have not. */
static void put_params_but_method(struct buf *b, struct str params)
{
    while (params.len > 0) {
        size_t end = 1 + str_find(str_slice(params, 1, params.len), ';');
        struct str one = str_slice(params, 0, end);
        if (!str_equal_nocase(str_slice(one, 1, str_find(one, '=') - 1), STR("method")))
            buf_put(b, one);
        params = str_slice(params, end, params.len);
    }
}

void route_print_request_uri(struct buf *b, const struct uri *u)
{
    bool is_sip = u->scheme == URI_SIP || u->scheme == URI_SIPS;
    if (!is_sip || (u->headers.len == 0 && !uri_has_param(u, STR("method")))) {
        buf_put(b, u->text);
        return;
    }
    size_t tail = u->params.len + u->headers.len;
    buf_put(b, str_slice(u->text, 0, u->text.len - tail));
    put_params_but_method(b, u->params);
}

void route_print_header(struct buf *b, const struct route_plan *p)
{
    if (p->routes.len == 0 && p->last.len == 0)
        return;
    buf_put_lit(b, "Route: ");
    buf_put(b, p->routes);
    if (p->last.len > 0) {
        if (p->routes.len > 0)
            buf_put_char(b, ',');
        buf_put_char(b, '<');
        buf_put(b, p->last);
        buf_put_char(b, '>');
    }
    buf_put_lit(b, "\r\n");
}
