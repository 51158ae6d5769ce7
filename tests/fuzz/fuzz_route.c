/* Any rules on any request: refused with words, or decided, the same each time and as the steps
 * told say; what is rewritten is a URI, what is edited a message that has what it must have; every
 * byte given back. The input is a configuration, a line "----", and a request. */
#include "config/config.h"
#include "fuzz.h"
#include "heap.h"
#include "message.h"
#include "msg/print.h"
#include "route/route.h"

static void ignore(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)f;
}

/* No name of a host is longer than what is ours. */
static bool is_ours(void *arg, const struct uri *u)
{
    (void)arg;
    return u->host.len < 8;
}

struct told {
    unsigned n, took, changed;
};

static void tell(void *arg, const struct route_step *s)
{
    struct told *t = arg;

    assert(s->rule == t->n && t->took == 0);
    assert((s->kind == ROUTE_MISSED) == (s->key != NULL));
    t->n++;
    t->took += s->kind == ROUTE_TOOK;
    t->changed += s->kind == ROUTE_CHANGED;
}

static void check_decision(const struct routes *r, const struct route_decision *d,
                           const struct told *t)
{
    struct uri uri;
    struct msg_error err;

    assert(t->n <= routes_count(r));
    assert((d->rule < routes_count(r)) == (t->took == 1));
    assert(t->took == 0 || d->rule + 1 == t->n);
    assert(t->took == 1 || d->action == ROUTE_DEFAULT);
    assert(d->action != ROUTE_REPLY || (d->status >= 300 && d->status <= 699));
    assert(!d->rewritten || uri_parse(d->uri.text, &uri, &err));
    for (unsigned i = 0; i < d->n_targets; i++) {
        char text[2000];
        struct buf b;

        buf_init(&b, text, sizeof text);
        if (d->targets[i].kind == ROUTE_TO_URI)
            route_put_target(&b, d, d->targets[i].uri, d->targets[i].has_user);
    }
}

static void check_edits(const struct routes *r, const struct route_decision *d, struct msg *m)
{
    char lines[4096], text[65536];
    struct buf b, out;
    struct edits edits;
    struct message changed;

    edits_init(&edits);
    buf_init(&b, lines, sizeof lines);
    buf_init(&out, text, sizeof text);
    if (!route_edit_headers(r, d->changes, d->n_changes, buf_str(&d->said), m, &edits, &b))
        return;
    assert(msg_edited_len(m, &edits) <= m->bytes.len + sizeof lines);
    msg_print_edited(&out, m, &edits);
    if (out.over)
        return;
    message_parse(&changed, buf_str(&out), MSG_DATAGRAM);
    assert(changed.fault == MSG_OK && changed.m.is_request);
    assert(str_equal(msg_call_id(&changed.m), msg_call_id(m)));
    message_free(&changed);
}

static void decide(const struct routes *r, struct msg *m, unsigned turn)
{
    struct told first = {0}, second = {0};
    struct route_decision a, b;
    const struct route_request request = {.msg = m,
                                          .uri = msg_uri(m),
                                          .sender = (enum route_sender)(turn % 4),
                                          .minute = turn * 97 % 1440,
                                          .weekday = turn % 7,
                                          .is_ours = is_ours};

    route_decide(r, &request, &a, tell, &first);
    route_decide(r, &request, &b, tell, &second);
    assert(first.n == second.n && a.action == b.action && a.rule == b.rule);
    assert(str_equal(a.uri.text, b.uri.text) && a.n_changes == b.n_changes);
    check_decision(r, &a, &first);
    check_edits(r, &a, m);
}

static size_t find_line(struct str text)
{
    for (size_t i = 0; i + 5 <= text.len; i++)
        if (str_equal(str_slice(text, i, 5), STR("----\n")))
            return i;
    return text.len;
}

static void try(const struct routes *r, struct str text)
{
    struct message m;

    message_parse(&m, text, MSG_DATAGRAM);
    if (m.fault == MSG_OK && m.m.is_request && msg_uri(&m.m))
        for (unsigned turn = 0; turn < 4; turn++)
            decide(r, &m.m, turn);
    message_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    size_t line = find_line(text);
    struct config_source s = {.text = str_slice(text, 0, line), .file = "fuzz.yaml"};
    struct route_fault fault;
    struct fuzz_heap heap;

    fuzz_heap_init(&heap);
    struct config *c = config_parse(&heap.mem, &s, ignore, NULL);
    struct routes *r = c ? routes_new(&heap.mem, &c->routes, &c->sets, NULL, &fault) : NULL;

    if (c && !r)
        assert(fault.rule < c->routes.n && fault.what[0] != '\0');
    config_free(c);
    if (r)
        try(r, str_slice(text, line + 5, size));
    routes_unref(r);
    fuzz_heap_check(&heap);
    return 0;
}
