/* Decides by rules, with a function of a script and without: N times, for callgrind to count.
 *   valgrind --tool=callgrind --callgrind-out-file=/dev/null build-bench/bench/rules
 * plain|script|idle N The cost of one decision is the difference of two runs by the difference of
 * their N. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "route/route.h"

static const char request[] = "INVITE sip:+4930123@example.com SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n"
                              "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
                              "Call-ID: c\r\nCSeq: 1 INVITE\r\nX-Trunk: north\r\n"
                              "Content-Length: 0\r\n\r\n";
static const char script[] =
    "function screen(r)\n"
    "  local n = r.number\n"
    "  if n and n:sub(1, 3) == '+49' and r:header('X-Trunk') then\n"
    "    return {forward = 'set:north', add_header = 'X-Rate: ' .. n:sub(2, 3)}\n"
    "  end\n"
    "end\n"
    "function idle() end\n";

#define RULE(way) \
    "sets: [{name: north, members: [{uri: 'sip:h'}]}]\nroutes: [{user: x, reply: 404}, " way "]\n"

static void tell(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)fprintf(stderr, "%s: %s\n", f->key, f->what);
}

static bool is_ours(void *arg, const struct uri *u)
{
    (void)arg;
    return u->host.len == 11;
}

static struct routes *rules_of(const char *which)
{
    const char *text = strcmp(which, "script") == 0 ? RULE("{lua: screen}")
                       : strcmp(which, "idle") == 0
                           ? RULE("{lua: idle}")
                           : RULE("{number: '+49', header: X-Trunk, forward: 'set:north', "
                                  "add_header: 'X-Rate: 49'}");
    const struct config_source source = {.text = str_from(text)};
    struct config_script one = {STR("bench.lua"), str_from(script)};
    const struct config_lua lua = {.instructions = 20000, .memory_kib = 1024, .texts = {&one, 1}};
    struct route_fault fault;
    struct config *c = config_parse(&mem_libc, &source, tell, NULL);
    struct routes *r = c ? routes_new(&mem_libc, &c->routes, &c->sets, &lua, &fault) : NULL;

    config_free(c);
    return r;
}

int main(int argc, char **argv)
{
    static _Alignas(16) char space[65536];
    static struct msg m;
    static struct route_decision d;
    struct routes *r = argc == 3 ? rules_of(argv[1]) : NULL;

    if (!r || msg_parse(&m, str_from(request), MSG_DATAGRAM, space, sizeof space) != MSG_OK) {
        (void)fputs("usage: rules plain|script|idle N\n", stderr);
        return 2;
    }
    const struct route_request q = {.msg = &m, .uri = msg_uri(&m), .is_ours = is_ours};
    for (long n = strtol(argv[2], NULL, 10); n > 0; n--) {
        route_decide(r, &q, &d, NULL, NULL);
        if (d.failure.len > 0 || (d.action == ROUTE_FORWARD) != (argv[1][0] != 'i'))
            return 1;
    }
    routes_unref(r);
    return 0;
}
