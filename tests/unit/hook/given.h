/* Scripts in memory, and a request that they are called for. */
#ifndef TANDEM_TESTS_HOOK_GIVEN_H
#define TANDEM_TESTS_HOOK_GIVEN_H

#include <stdio.h>
#include <stdlib.h>

#include "hook/hook.h"

#define GIVEN_REQUEST                                                                          \
    "INVITE sip:bob@example.com:5070;transport=tcp SIP/2.0\r\n"                                \
    "Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n"                               \
    "From: \"A\" <sip:alice@example.net>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\n" \
    "CSeq: 1 INVITE\r\nX-Trunk: north\r\nX-Trunk: south\r\nSubject: hello\r\n"                 \
    "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"

struct given {
    _Alignas(16) char space[65536];
    struct msg msg;
    struct hook_view view;
    struct hook_answer answer;
    struct addr listener;
};

static inline struct given *given_request(void)
{
    struct given *g = calloc(1, sizeof *g);

    assert_non_null(g);
    assert_int_equal(
        msg_parse(&g->msg, STR(GIVEN_REQUEST), MSG_DATAGRAM, g->space, sizeof g->space), MSG_OK);
    g->msg.flow.transport = TRANSPORT_UDP;
    assert_true(addr_parse(STR("192.0.2.7:5062"), &g->msg.flow.remote));
    assert_true(addr_parse(STR("192.0.2.1:5060"), &g->listener));
    g->view = (struct hook_view){.msg = &g->msg,
                                 .uri = msg_uri(&g->msg),
                                 .method = g->msg.method_name,
                                 .user = STR("bob"),
                                 .sender = STR("account"),
                                 .account = STR("alice@example.net"),
                                 .listener = &g->listener,
                                 .minute = 600,
                                 .weekday = 6};
    return g;
}

static inline struct hook *load(struct mem *mem, const char *text, struct hook_fault *fault)
{
    struct config_script script = {STR("t.lua"), str_from(text)};
    const struct config_lua lua = {
        .instructions = 20000, .memory_kib = 1024, .texts = {&script, 1}};

    return hook_new(mem, &lua, fault);
}

static inline struct hook *given_script(const char *text)
{
    struct hook_fault fault;
    struct hook *h = load(&mem_libc, text, &fault);

    if (!h)
        fail_msg("line %u: %s", fault.line, fault.what);
    return h;
}

/* Calls `f` of a script; the answer is in g. */
static inline bool call(struct given *g, struct hook *h)
{
    int f = hook_function(h, STR("f"));

    assert_true(f >= 0);
    return hook_call(h, f, &g->view, &g->answer);
}

static inline bool says(const struct given *g, const char *text)
{
    char all[4096];
    struct buf b;

    buf_init(&b, all, sizeof all);
    for (unsigned i = 0; i < g->answer.n; i++) {
        buf_put(&b, g->answer.words[i].key);
        buf_put_char(&b, '=');
        buf_put(&b, g->answer.words[i].value);
        buf_put_char(&b, ';');
    }
    if (str_equal(buf_str(&b), str_from(text)))
        return true;
    print_error("said %.*s, not %s (%.*s)\n", STR_ARG(buf_str(&b)), text, STR_ARG(g->answer.why));
    return false;
}

static inline bool why_has(const struct given *g, const char *text)
{
    if (memmem(g->answer.why.at, g->answer.why.len, text, strlen(text)))
        return true;
    print_error("failed by \"%.*s\", not %s\n", STR_ARG(g->answer.why), text);
    return false;
}

#endif
