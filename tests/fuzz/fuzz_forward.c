/* Any request that a proxy would take up: the copy that it builds for a target or for the next hop
 * is what came but for what RFC 3261 16.6 changes. The input: whether there is a registration, its
 * flow, its URI and Path, then the request. */
#include "message.h"
#include "msg/frame.h"
#include "proxy/forward.h"
#include "proxy/mark.h"
#include "proxy_given.h"

struct drawn {
    struct flow from, to;
    struct target target;
    bool has_target;
};

/* As a record has it (registrar/record.h). */
static bool is_line(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return false;
    return true;
}

static void draw(struct drawn *d, struct str *input)
{
    unsigned what = draw_byte(input);
    d->from = proxy_draw_flow(input);
    d->to = proxy_draw_flow(input);
    d->target = (struct target){.uri = draw_text(input), .q = 1000};
    d->target.path = draw_text(input);
    d->target.has_flow = what & 2;
    d->target.flow = d->to;
    d->has_target = what & 1;
}

/* What the proxy changes or adds, and therefore what may differ. */
static bool is_edited(const struct hdr *h)
{
    return h->id == HDR_ROUTE || h->id == HDR_RECORD_ROUTE || h->id == HDR_MAX_FORWARDS ||
           h->id == HDR_MAX_BREADTH || h->id == HDR_CONTENT_LENGTH;
}

static const struct hdr *next_kept(const struct msg *m, unsigned *at)
{
    while (*at < m->n_headers)
        if (!is_edited(&m->headers[(*at)++]))
            return &m->headers[*at - 1];
    return NULL;
}

static void check_lines(const struct msg *came, const struct msg *goes)
{
    unsigned i = 0, k = 0;
    for (const struct hdr *a; (a = next_kept(came, &i));) {
        const struct hdr *b = next_kept(goes, &k);
        assert(b && str_equal(message_line(came, a), message_line(goes, b)));
    }
    assert(!next_kept(goes, &k));
}

static size_t count(const struct msg *m, enum hdr_id id)
{
    size_t n = 0;
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        n++;
    return n;
}

/* RFC 3261 16.6 step 4: ahead of those that are there, which stay as they came. */
static void check_record_route(const struct proxy *p, struct msg *came, struct msg *goes)
{
    size_t own = count(goes, HDR_RECORD_ROUTE) - count(came, HDR_RECORD_ROUTE);
    const struct hdr *a = msg_header(came, HDR_RECORD_ROUTE);
    struct hdr *b = msg_header(goes, HDR_RECORD_ROUTE);
    struct flow flow;
    bool has_flow, stateless;
    assert(own <= 2);
    for (; own > 0; own--, b = msg_header_next(goes, b)) {
        const struct nameaddr *v = msg_typed(goes, b);
        assert(v && uri_is_local(p, &v->uri) &&
               mark_read(p, goes, &v->uri, &flow, &has_flow, &stateless) && !stateless);
    }
    for (; a; a = msg_header_next(came, a), b = msg_header_next(goes, b))
        assert(str_equal(message_line(came, a), message_line(goes, b)));
}

static void check_numbers(const struct proxy *p, struct msg *came, struct msg *goes)
{
    int left = p->plan.max_forwards;
    assert(msg_max_forwards(goes) == (left < 0 ? 70 : left - 1));
    assert(forward_breadth(goes) <= forward_breadth(came));
    assert(str_equal(came->body, goes->body));
}

/* On a stream it ends where it ends. */
static void check_framed(struct str text)
{
    struct frame f;
    size_t skip, len;
    unsigned status;
    frame_init(&f, LIMIT_MSG_BYTES);
    assert(frame_next(&f, text, &skip, &len, &status) == FRAME_MESSAGE);
    assert(skip == 0 && len == text.len);
}

/* A Route value too many would be a hop that nobody asked for. */
static void check_route(const struct proxy *p, struct msg *goes, const struct drawn *d)
{
    size_t kept = 0, has = 0;
    const struct nameaddr *v = p->plan.first;
    for (; v; v = v == p->plan.last
                      ? NULL
                      : msg_nameaddr_next((struct msg *)(uintptr_t)p->plan_of, HDR_ROUTE, v))
        kept++;
    for (v = NULL; (v = msg_nameaddr_next(goes, HDR_ROUTE, v));)
        has++;
    if (!(d->has_target && d->target.path.len > 0))
        assert(has == kept);
}

static void check_copy(const struct proxy *p, struct msg *came, const struct forward *f,
                       const struct drawn *d)
{
    struct message x;
    struct buf b;
    size_t len = msg_edited_len(came, &f->edits);
    char *room = malloc(len);
    assert(room);
    buf_init(&b, room, len);
    msg_print_edited(&b, came, &f->edits);
    assert(!b.over && b.len == len);
    bool framed = msg_header(came, HDR_CONTENT_LENGTH); /* else the engine sees to it */
    if (framed)
        check_framed(buf_str(&b));
    message_parse(&x, buf_str(&b), framed ? MSG_STREAM : MSG_DATAGRAM);
    assert(x.fault == MSG_OK && msg_check_essential(&x.m) == MSG_OK);
    assert(msg_uri(&x.m) && str_equal(x.m.method_name, came->method_name));
    check_lines(came, &x.m);
    check_record_route(p, came, &x.m);
    check_numbers(p, came, &x.m);
    check_route(p, &x.m, d);
    message_free(&x);
    free(room);
}

static void forward(struct proxy *p, struct msg *m, const struct drawn *d)
{
    struct forward f;
    struct uri uri;
    struct msg_error err;
    p->plan_of = NULL;
    if (!proxy_plan(p, m, 1) || p->plan.max_forwards == 0 || p->plan.uri_too_long ||
        p->plan.request_uri.scheme == URI_OTHER)
        return;
    struct goal goal = {.uri = &p->plan.request_uri, .breadth = forward_breadth(m)};
    if (d->has_target) {
        if (!uri_parse(d->target.uri, &uri, &err) || !is_line(d->target.path))
            return;
        goal.uri = &uri;
        goal.target = &d->target;
    }
    if (forward_build(p, &f, m, &goal, NULL))
        check_copy(p, m, &f, d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct message x;
    struct drawn d;
    if (size > 16384)
        return 0;
    draw(&d, &input);
    message_parse(&x, input, MSG_DATAGRAM);
    x.m.flow = d.from;
    if (x.fault == MSG_OK && x.m.is_request && msg_check_essential(&x.m) == MSG_OK)
        forward(proxy_given(), &x.m, &d);
    message_free(&x);
    return 0;
}
