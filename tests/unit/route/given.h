/* Rules from the text of a configuration, and requests to try them on. */
#ifndef TANDEM_TESTS_ROUTE_GIVEN_H
#define TANDEM_TESTS_ROUTE_GIVEN_H

#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"
#include "route/route.h"

static inline void tell_config(void *arg, const struct config_fault *f)
{
    (void)arg;
    print_error("%u:%s: %s\n", f->line, f->key, f->what);
}

static inline struct config *given_config(const char *text)
{
    struct config_source s = {.text = str_from(text), .file = "t.yaml"};
    struct config *c = config_parse(&mem_libc, &s, tell_config, NULL);

    assert_non_null(c);
    return c;
}

static inline struct routes *given_rules(const char *text)
{
    struct config *c = given_config(text);
    struct route_fault f;
    struct routes *r = routes_new(&mem_libc, &c->routes, &c->sets, NULL, &f);

    if (!r)
        fail_msg("rule %u: %s: %s", f.rule, f.key, f.what);
    config_free(c);
    return r;
}

/* A request in memory of its own. */
struct given {
    char text[4096];
    _Alignas(16) char space[65536];
    struct msg msg;
    struct route_request request;
};

static inline bool is_ours(void *arg, const struct uri *u)
{
    (void)arg;
    return str_equal_nocase(u->host, STR("example.com"));
}

/* Of the first set alone. */
static inline bool has_room(void *arg, unsigned set)
{
    (void)arg;
    return set == 0;
}

static inline struct given *given_request(const char *method, const char *uri, const char *headers)
{
    struct given *g = calloc(1, sizeof *g);

    assert_non_null(g);
    int n = snprintf(g->text, sizeof g->text,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"
                     "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
                     "Call-ID: c\r\nCSeq: 1 %s\r\n%s"
                     "Content-Length: 0\r\n\r\n",
                     method, uri, method, headers);

    assert_true(n > 0 && (size_t)n < sizeof g->text);
    assert_int_equal(msg_parse(&g->msg, str_from(g->text), MSG_DATAGRAM, g->space, sizeof g->space),
                     MSG_OK);
    g->msg.flow.transport = TRANSPORT_UDP;
    assert_true(addr_parse(STR("192.0.2.7:5060"), &g->msg.flow.remote));
    g->request = (struct route_request){.msg = &g->msg,
                                        .uri = msg_uri(&g->msg),
                                        .minute = 600,
                                        .is_ours = is_ours,
                                        .has_room = has_room};
    assert_non_null(g->request.uri);
    return g;
}

#endif
