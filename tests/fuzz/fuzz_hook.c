/* Any script on any request: refused with words, or called, and then it ends within its bounds,
 * having said something that is good or why not; what it changes of headers leaves a message; every
 * byte given back. The input is a script, a line "----", and a request. */
#include "config/config.h"
#include "decided.h"
#include "fuzz.h"
#include "heap.h"
#include "message.h"

static const char rules[] =
    "sets: [{name: north, members: [{uri: 'sip:h'}]}]\n"
    "routes: [{lua: f, on_error: next}, {tag: vip, lua: f}, {reply: 404}]\n";

static void refuse(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)f;
    assert(false);
}

static void tell(void *arg, const struct route_step *s)
{
    (void)arg;
    assert((s->kind == ROUTE_FAILED) == (s->failure.len > 0));
    /* A call that ends by its count has gone over it by no more than one function's work. */
    if (s->answer)
        assert(s->answer->instructions < 100000 && s->answer->n <= LIMIT_HOOK_WORDS);
}

static void decide(const struct routes *r, struct msg *m, unsigned turn)
{
    struct route_decision d;
    const struct route_request request = decided_request(m, turn);

    route_decide(r, &request, &d, tell, NULL);
    decided_check(r, &d, m);
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
