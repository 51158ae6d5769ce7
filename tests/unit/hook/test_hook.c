/* What scripts see, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "given.h"

static void a_script_sees_the_request(void **state)
{
    static const struct {
        const char *value, *is;
    } rows[] = {
        {"request.method", "INVITE"},
        {"request.uri", "sip:bob@example.com:5070;transport=tcp"},
        {"request.scheme", "sip"},
        {"request.user", "bob"},
        {"request.host", "example.com"},
        {"request.port", "5070"},
        {"tostring(request.number)", "nil"},
        {"request:param('transport')", "tcp"},
        {"tostring(request:param('user'))", "nil"},
        {"request.source", "192.0.2.7"},
        {"request.source_port", "5062"},
        {"request.transport", "UDP"},
        {"request.listener", "192.0.2.1:5060"},
        {"request.sender", "account"},
        {"request.account", "alice@example.net"},
        {"request.from", "sip:alice@example.net"},
        {"request.from_user", "alice"},
        {"request.from_host", "example.net"},
        {"request.to_user", "bob"},
        {"request.call_id", "c"},
        {"request.minute", "600"},
        {"request.weekday", "7"},
        {"request:header('x-trunk')", "north"},
        {"request:header('s')", "hello"},
        {"tostring(request:header('X-None'))", "nil"},
        {"#request:headers('X-Trunk')", "2"},
        {"request:headers('X-Trunk')[2]", "south"},
        {"request.body", "hi"},
        {"request.body_type", "text/plain"},
        {"request:tagged('vip')", "true"},
        {"request:tagged('x')", "false"},
        {"('abc'):sub(2)", "bc"},
        {"('abc'):sub(-2, -2)", "b"},
        {"('abc'):sub(0)", "abc"},
        {"'<' .. ('abc'):sub(4) .. '>'", "<>"},
        {"('aBc'):upper() .. ('aBc'):lower()", "ABCabc"},
        {"('a.b'):find('.')", "2"},
        {"tostring(('abc'):find('x'))", "nil"},
        {"('ab'):rep(2)", "abab"},
        {"('a'):byte() .. string.char(98)", "97b"},
        {"table.concat({1, 2, 'x'}, '-')", "1-2-x"},
        {"math.floor(3.7) + math.max(1, 5, 2)", "8"},
        {"tonumber('12') + 1", "13"},
        {"tostring(tonumber('x'))", "nil"},
        {"8 / 2", "4"},
        {"type(request)", "userdata"},
        {"tostring({})", "table"},
    };
    const struct str tags[] = {STR("vip")};
    struct given *g = given_request();

    (void)state;
    g->view.tags = tags;
    g->view.n_tags = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300], expected[200];
        struct hook *h;

        (void)snprintf(text, sizeof text, "function f(request) return {x = (%s)} end",
                       rows[i].value);
        (void)snprintf(expected, sizeof expected, "x=%s;", rows[i].is);
        h = given_script(text);
        if (!call(g, h))
            fail_msg("%s: %.*s", text, STR_ARG(g->answer.why));
        assert_true(says(g, expected));
        hook_free(h);
    }
    free(g);
}

static void lists_and_nothing_come_back(void **state)
{
    static const struct {
        const char *body, *says;
    } rows[] = {
        {"return nil", ""},
        {"", ""},
        {"return false", ""},
        {"return {}", ""},
        {"return {add = {'a', 2, true}}", "add=a;add=2;add=true;"},
        {"local t = {} table.insert(t, 'b') table.insert(t, 1, 'a') table.remove(t) return {x = t}",
         "x=a;"},
        {"local n = 0 for _, v in ipairs({1, 2, 3}) do n = n + v end return {x = n}", "x=6;"},
        {"local n = 0 for k, v in pairs({a = 1, b = 2}) do n = n + v end return {x = n}", "x=3;"},
    };
    struct given *g = given_request();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];

        (void)snprintf(text, sizeof text, "function f(request) %s end", rows[i].body);
        struct hook *h = given_script(text);

        assert_true(call(g, h));
        assert_true(says(g, rows[i].says));
        hook_free(h);
    }
    free(g);
}

static void failures_are_told_with_their_line(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"\nlocal x = nil\nreturn x.y", "f: t.lua:3: attempt to index a nil value (local 'x')"},
        {"error('no')", "t.lua:1: no"},
        {"error({})", "raised what is no text"},
        {"assert(false, 'so')", "so"},
        {"return 1", "it gave back a number: expected a table or nil"},
        {"return {{1}}", "expected words such as reply"},
        {"return {x = {{}}}", "x: expected a text"},
        {"return {x = print}", ""},
        {"return {x = f}", "x: expected a text, a number, true or false, or a list of those"},
        {"return {x = 'a\\nb'}", "x: there are control characters in it"},
        {"return {x = ('a'):rep(5000)}", "x: it gives back too much"},
        {"local t = {} for i = 1, 100 do t[i] = i end return {x = t}", "x: it gives back too much"},
        {"return {x = request.nothing}", "a request has no \"nothing\""},
        {"request.user = 'x'", "a request cannot be changed"},
        {"\n\ncount = 1", "t.lua:3: a global cannot be set in a call: say local count"},
        {"return 'a' + 1", "attempt to perform arithmetic on a string value"},
        {"return {x = request:header()}", "bad argument #1"},
        {"return request.header('a')", ""},
    };
    struct given *g = given_request();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];

        (void)snprintf(text, sizeof text, "function f(request) %s end", rows[i].body);
        struct hook *h = given_script(text);

        bool good = call(g, h);
        assert_true(good == (rows[i].why[0] == '\0') || rows[i].why[0] == '\0');
        if (rows[i].why[0])
            assert_true(why_has(g, rows[i].why));
        hook_free(h);
    }
    free(g);
}

static void scripts_that_cannot_be_loaded_are_told(void **state)
{
    static const struct {
        const char *text, *what;
        unsigned line;
    } rows[] = {
        {"\nfunction f(", "<name> or '...' expected near <eof>", 2},
        {"f = 1 +", "unexpected symbol near <eof>", 1},
        {"\n\nlocal x = nothing.y", "attempt to index a nil value", 3},
        {"while true do end", "took more than 1000000 instructions", 1},
        {"error({})", "it raised what is no text", 0},
        {"\x1bLua", "attempt to load a binary chunk", 0},
        {"local u = request.user", "attempt to index a nil value (global 'request')", 1},
        {"x = ('a'):rep(20000)", "the text becomes too long", 1},
    };
    struct hook_fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_null(load(&mem_libc, rows[i].text, &fault));
        assert_int_equal(fault.script, 0);
        if (!strstr(fault.what, rows[i].what) || fault.line != rows[i].line)
            fail_msg("%u: %s, not %s", fault.line, fault.what, rows[i].what);
    }
}

static void what_is_not_there(void **state)
{
    static const char *const names[] = {
        "io",           "os",     "package",       "require",        "debug",        "load",
        "loadstring",   "dofile", "loadfile",      "collectgarbage", "getmetatable", "setmetatable",
        "rawset",       "rawget", "rawequal",      "rawlen",         "pcall",        "xpcall",
        "coroutine",    "print",  "next",          "select",         "string.dump",  "string.gsub",
        "string.match", "_G",     "string.format", "string.gmatch",  "table.sort",   "table.unpack",
        "math.random",  "warn",   "utf8",
    };
    struct given *g = given_request();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[200];

        (void)snprintf(text, sizeof text, "function f() return {x = type(%s)} end", names[i]);
        struct hook *h = given_script(text);

        assert_true(call(g, h));
        assert_true(says(g, "x=nil;"));
        hook_free(h);
    }
    free(g);
}

static void calls_leave_no_trace_in_globals(void **state)
{
    struct given *g = given_request();
    struct hook *h = given_script("seen = 0\n"
                                  "function f(r) seen = seen + 1 return {x = seen} end\n"
                                  "function g(r) return {x = seen} end\n");

    (void)state;
    assert_false(call(g, h));
    assert_true(why_has(g, "say local seen"));
    assert_true(hook_call(h, hook_function(h, STR("g")), &g->view, &g->answer));
    assert_true(says(g, "x=0;"));
    assert_int_equal(hook_function(h, STR("h")), -1);
    assert_int_equal(hook_function(h, STR("string")), -1);
    hook_free(h);
    free(g);
}

static void no_memory_is_no_script(void **state)
{
    bool done = false;

    (void)state;
    for (unsigned n = 0; !done; n++) {
        struct mem_counting m = mem_counting();
        struct hook_fault fault;

        m.refuse_after = n;
        struct hook *h = load(&m.mem, "function f() return {x = 1} end", &fault);

        done = h;
        if (!h)
            assert_int_equal(fault.script, 1);
        hook_free(h);
        assert_int_equal(m.n_live, 0);
    }
}

static void calls_take_nothing_from_the_heap(void **state)
{
    struct mem_counting m = mem_counting();
    struct hook_fault fault;
    struct given *g = given_request();
    struct hook *h =
        load(&m.mem, "function f(r) return {x = r.user .. #r:headers('X-Trunk')} end", &fault);

    (void)state;
    assert_true(call(g, h));
    size_t before = m.n_allocs;
    for (unsigned i = 0; i < 10000; i++) {
        assert_true(call(g, h));
        assert_true(says(g, "x=bob2;"));
    }
    assert_int_equal(m.n_allocs, before);
    hook_free(h);
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_sees_the_request),
        cmocka_unit_test(lists_and_nothing_come_back),
        cmocka_unit_test(failures_are_told_with_their_line),
        cmocka_unit_test(scripts_that_cannot_be_loaded_are_told),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(calls_leave_no_trace_in_globals),
        cmocka_unit_test(no_memory_is_no_script),
        cmocka_unit_test(calls_take_nothing_from_the_heap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
