/* Any rules on any request: refused with words, or decided, the same each time and as the steps
 * told say; what is rewritten is a URI, what is edited a message that has what it must have; every
 * byte given back. The input is a configuration, a line "----", and a request. */
#include "config/config.h"
#include "decided.h"
#include "fuzz.h"
#include "heap.h"
#include "message.h"

static void ignore(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)f;
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

static void check_steps(const struct routes *r, const struct route_decision *d,
                        const struct told *t)
{
    assert(t->n <= routes_count(r));
    assert((d->rule < routes_count(r)) == (t->took == 1));
    assert(t->took == 0 || d->rule + 1 == t->n);
    assert(t->took == 1 || d->action == ROUTE_DEFAULT);
}

static void decide(const struct routes *r, struct msg *m, unsigned turn)
{
    struct told first = {0}, second = {0};
    struct route_decision a, b;
    const struct route_request request = decided_request(m, turn);

    route_decide(r, &request, &a, tell, &first);
    route_decide(r, &request, &b, tell, &second);
    assert(first.n == second.n && a.action == b.action && a.rule == b.rule);
    assert(str_equal(a.uri.text, b.uri.text) && a.n_changes == b.n_changes);
    check_steps(r, &a, &first);
    decided_check(r, &a, m);
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
