/* Any script on any request: refused with words, or called, and then it ends within its bounds,
 * having said something that is good or why not; what it changes of headers leaves a message; every
 * byte given back. The input is a script, a line "----", and a request. */
#include "config/config.h"
#include "fuzz.h"
#include "heap.h"
#include "message.h"
#include "msg/print.h"
#include "route/route.h"

static const char rules[] =
    "sets: [{name: north, members: [{uri: 'sip:h'}]}]\n"
    "routes: [{lua: f, on_error: next}, {tag: vip, lua: f}, {reply: 404}]\n";

static void refuse(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)f;
    assert(false);
}

static bool is_ours(void *arg, const struct uri *u)
{
    (void)arg;
    return u->host.len < 8;
}

static void tell(void *arg, const struct route_step *s)
{
    (void)arg;
    assert((s->kind == ROUTE_FAILED) == (s->failure.len > 0));
    /* A call that ends by its count has gone over it by no more than one function's work. */
    if (s->answer)
        assert(s->answer->instructions < 100000 && s->answer->n <= LIMIT_HOOK_WORDS);
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
    struct route_decision d;
    struct uri uri;
    struct msg_error err;
    const struct route_request request = {.msg = m,
                                          .uri = msg_uri(m),
                                          .sender = (enum route_sender)(turn % 4),
                                          .account = STR("alice"),
                                          .account_domain = STR("h"),
                                          .is_ours = is_ours};

    route_decide(r, &request, &d, tell, NULL);
    assert(d.action != ROUTE_REPLY || (d.status >= 300 && d.status <= 699));
    assert(!d.rewritten || uri_parse(d.uri.text, &uri, &err));
    assert(d.n_targets <= LIMIT_ROUTE_TARGETS && d.rule <= routes_count(r));
    check_edits(r, &d, m);
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
    struct config_source s = {.text = STR(rules), .file = "fuzz.yaml"};
    struct config_script script = {STR("fuzz.lua"), str_slice(text, 0, line)};
    const struct config_lua lua = {.instructions = 5000, .memory_kib = 64, .texts = {&script, 1}};
    struct route_fault fault;
    struct fuzz_heap heap;

    fuzz_heap_init(&heap);
    struct config *c = config_parse(&heap.mem, &s, refuse, NULL);
    struct routes *r = routes_new(&heap.mem, &c->routes, &c->sets, &lua, &fault);

    assert(r || fault.what[0] != '\0');
    config_free(c);
    if (r)
        try(r, str_slice(text, line + 5, size));
    routes_unref(r);
    fuzz_heap_check(&heap);
    return 0;
}
