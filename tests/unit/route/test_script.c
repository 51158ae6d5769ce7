/* Rules that leave it to a script: what its words do, and what becomes of a request where it fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "msg/print.h"

static struct routes *rules_with(const char *rules, const char *script, struct route_fault *f)
{
    struct config *c = given_config(rules);
    struct config_script text = {STR("t.lua"), str_from(script)};
    const struct config_lua lua = {.instructions = 20000, .memory_kib = 256, .texts = {&text, 1}};
    struct routes *r = routes_new(&mem_libc, &c->routes, &c->sets, &lua, f);

    config_free(c);
    return r;
}

struct seen_steps {
    unsigned n, failed;
    char why[400];
};

static void tell(void *arg, const struct route_step *s)
{
    struct seen_steps *t = arg;

    t->n++;
    if (s->kind == ROUTE_FAILED) {
        t->failed++;
        (void)snprintf(t->why, sizeof t->why, "%.*s", STR_ARG(s->failure));
    }
}

/* Decides by `function f(r) BODY end`, then a rule for the tag, then 404. */
static struct given *decide(const char *body, const char *on_error, struct route_decision *d,
                            struct routes **r, struct seen_steps *t)
{
    char script[1000], rules[600];
    struct route_fault f;
    struct given *g =
        given_request("INVITE", "sip:bob@example.com", "X-Trunk: a\r\nX-Other: b\r\n");

    (void)snprintf(script, sizeof script, "function f(r) %s end", body);
    (void)snprintf(rules, sizeof rules,
                   "sets: [{name: north, members: [{uri: 'sip:h'}]}]\n"
                   "routes: [{lua: f%s}, {tag: vip, reply: 486}, {reply: 404}]\n",
                   on_error);
    *r = rules_with(rules, script, &f);
    if (!*r)
        fail_msg("rule %u: %s: %s", f.rule, f.key, f.what);
    *t = (struct seen_steps){0};
    route_decide(*r, &g->request, d, tell, t);
    return g;
}

static void words_are_those_of_a_rule(void **state)
{
    static const struct {
        const char *body;
        enum route_action action;
        unsigned status;    /* … of a reply or redirect */
        const char *reason; /* … or the first place */
        const char *uri;    /* NULL: as it came */
    } rows[] = {
        {"return nil", ROUTE_REPLY, 404, "", NULL},
        {"return {reply = '603 Not you'}", ROUTE_REPLY, 603, "Not you", NULL},
        {"return {reply = 486}", ROUTE_REPLY, 486, "", NULL},
        {"return {tag = {'a', 'vip'}}", ROUTE_REPLY, 486, "", NULL},
        {"return {serve = 'lookup'}", ROUTE_LOOKUP, 0, "", NULL},
        {"return {serve = 'register'}", ROUTE_REGISTER, 0, "", NULL},
        {"return {serve = 'default'}", ROUTE_DEFAULT, 0, "", NULL},
        {"return {forward = 'sip:h', ring_time = 20, order = 'parallel'}", ROUTE_FORWARD, 0,
         "sip:h", NULL},
        {"return {redirect = {'sip:x@h', 'sip:h'}, redirect_status = 301}", ROUTE_REDIRECT, 301,
         "sip:x@h", NULL},
        {"return {redirect = 'location'}", ROUTE_REDIRECT, 302, "location", NULL},
        {"return {set_user = 'carol', set_domain = 'example.net', serve = 'default'}",
         ROUTE_DEFAULT, 0, "", "sip:carol@example.net"},
        {"return {strip = 1, prefix = 'x', reply = 404}", ROUTE_REPLY, 404, "",
         "sip:xob@example.com"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_decision d;
        struct routes *r;
        struct seen_steps t;
        struct given *g = decide(rows[i].body, "", &d, &r, &t);

        assert_int_equal(t.failed, 0);
        assert_int_equal(d.failure.len, 0);
        assert_int_equal(d.action, rows[i].action);
        if (d.action == ROUTE_REPLY)
            assert_int_equal(d.status, rows[i].status);
        if (d.action == ROUTE_REDIRECT)
            assert_int_equal(d.redirect_status, rows[i].status);
        assert_true(str_equal(d.action == ROUTE_REPLY ? d.reason
                              : d.n_targets > 0       ? d.targets[0].uri
                                                      : STR(""),
                              str_from(rows[i].reason)));
        assert_int_equal(d.rewritten, rows[i].uri != NULL);
        if (rows[i].uri)
            assert_true(str_equal(d.uri.text, str_from(rows[i].uri)));
        routes_unref(r);
        free(g);
    }
}

static void sets_are_called_by_name(void **state)
{
    struct route_decision d;
    struct routes *r;
    struct seen_steps t;
    struct given *g =
        decide("return {forward = {'set:north', 'sip:h2'}, ring_time = 20}", "", &d, &r, &t);

    (void)state;
    assert_int_equal(d.n_targets, 2);
    assert_int_equal(d.targets[0].kind, ROUTE_TO_SET);
    assert_int_equal(d.targets[0].set, 0);
    assert_true(d.ring_time == 20 * NS_PER_S);
    routes_unref(r);
    free(g);
}

static void a_script_says_the_mode(void **state)
{
    struct route_decision d;
    struct routes *r;
    struct seen_steps t;
    struct given *g = decide("return {mode = 'call', forward = 'sip:h'}", "", &d, &r, &t);

    (void)state;
    assert_int_equal(d.mode, CONFIG_MODE_CALL);
    routes_unref(r);
    free(g);
    g = decide("return {mode = 'x', forward = 'sip:h'}", "", &d, &r, &t);
    assert_int_equal(t.failed, 1);
    routes_unref(r);
    free(g);
}

static void headers_are_changed(void **state)
{
    char text[4096], lines[1000];
    struct route_decision d;
    struct routes *r;
    struct seen_steps t;
    struct edits e;
    struct buf l, out;
    struct given *g = decide("return {serve = 'default', remove_header = 'x-trunk', set_header = "
                             "'X-Other: c', add_header = {'X-New: 1', 'X-New: 2'}}",
                             "", &d, &r, &t);

    (void)state;
    edits_init(&e);
    buf_init(&l, lines, sizeof lines);
    buf_init(&out, text, sizeof text - 1);
    assert_true(route_edit_headers(r, d.changes, d.n_changes, buf_str(&d.said), &g->msg, &e, &l));
    msg_print_edited(&out, &g->msg, &e);
    text[out.len] = '\0';
    assert_null(strstr(text, "X-Trunk"));
    assert_null(strstr(text, "X-Other: b"));
    assert_non_null(strstr(text, "X-Other: c\r\n"));
    assert_non_null(strstr(text, "X-New: 1\r\n"));
    assert_non_null(strstr(text, "X-New: 2\r\n"));
    routes_unref(r);
    free(g);
}

static void what_fails_is_answered_or_passed_over(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"return r.x", "f: t.lua:1: a request has no \"x\""},
        {"while true do end", "took more than 20000 instructions"},
        {"return {replay = 404}", "replay: \"404\": no such word"},
        {"return {reply = 200}", "reply: \"200\": expected a status from 300 to 699"},
        {"return {reply = 404, forward = 'sip:h'}", "one of reply, serve, forward and redirect"},
        {"return {forward = 'set:south'}", "there is no set of this name"},
        {"return {forward = 'bob'}", "expected a sip or sips URI"},
        {"return {forward = 'location'}", "expected a sip or sips URI"},
        {"return {redirect = {'sip:h', 'location'}}", "location stands alone"},
        {"return {serve = 'me'}", "expected register, lookup or default"},
        {"return {add_header = 'Via: x'}", "this header is the server's own matter"},
        {"return {remove_header = 'a b'}", "expected a header's name"},
        {"return {set_user = 'a@b'}", "expected the characters of a user"},
        {"return {set_domain = 'a b'}", "expected a name or an address"},
        {"return {ring_time = -1}", "the number is out of range"},
        {"return {record_route = 'maybe'}", "expected true or false"},
        {"return {order = 'none'}", "expected parallel"},
        {"return {tag = ''}", "a tag has from 1 to 32"},
        {"return {add_header = 'X: ' .. ('x'):rep(2100)}", "gives back too much"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_decision d;
        struct routes *r;
        struct seen_steps t;
        struct given *g = decide(rows[i].body, ", on_error: 503 Later", &d, &r, &t);

        assert_int_equal(t.failed, 1);
        if (!strstr(t.why, rows[i].why))
            fail_msg("%s: %s", rows[i].body, t.why);
        assert_int_equal(d.action, ROUTE_REPLY);
        assert_int_equal(d.status, 503);
        assert_true(str_equal(d.reason, STR("Later")));
        assert_true(d.failure.len > 0);
        assert_int_equal(d.said.len, 0);
        routes_unref(r);
        free(g);

        g = decide(rows[i].body, ", on_error: next", &d, &r, &t);
        assert_int_equal(d.status, 404);
        assert_true(d.failure.len > 0);
        assert_int_equal(t.n, 3);
        assert_false(d.rewritten);
        routes_unref(r);
        free(g);
    }
}

static void what_is_wrong_with_a_rule(void **state)
{
    struct route_fault f;

    (void)state;
    assert_null(rules_with("routes: [{lua: g}]\n", "function f() end", &f));
    assert_string_equal(f.key, "lua");
    assert_non_null(strstr(f.what, "no global function of this name"));
    assert_null(rules_with("routes: [{lua: f, on_error: maybe}]\n", "function f() end", &f));
    assert_string_equal(f.key, "on_error");
    struct config *c = given_config("routes: [{lua: f}]\n");
    assert_null(routes_new(&mem_libc, &c->routes, &c->sets, &c->lua, &f));
    assert_non_null(strstr(f.what, "there is no script"));
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_a_rule),
        cmocka_unit_test(sets_are_called_by_name),
        cmocka_unit_test(a_script_says_the_mode),
        cmocka_unit_test(headers_are_changed),
        cmocka_unit_test(what_fails_is_answered_or_passed_over),
        cmocka_unit_test(what_is_wrong_with_a_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
