/* Scripts that want too much: each call ends in failure and words, soon, and the next one is as
 * good as ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static void what_takes_too_much_ends(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"while true do end", "t.lua:1: took more than 20000 instructions (lua.instructions)"},
        {"\nrepeat until false", "t.lua:2: took more than"},
        {"local function g() return g() end g()", "took more than"},
        {"local function g() g() end g()", ""},
        {"local function g(...) return g(1, ...) end g()", ""},
        {"local t = {} while true do t[#t + 1] = {} end", ""},
        {"local t = {} t.t = t while true do t = {t} end", ""},
        {"local s = 'x' while true do s = s .. s end", "a text becomes too long"},
        {"while true do local s = ('x'):rep(16000) end", "took more than"},
        {"local s = ('x'):rep(16000) while true do local t = s:upper() end", "took more than"},
        {"local s = ('x'):rep(16000) while true do s:find(s) end", "took more than"},
        {"('x'):rep(1e15)", "the text becomes too long"},
        {"('x'):rep(100000)", "the text becomes too long"},
        {"('xy'):rep(9007199254740993)", "the text becomes too long"},
        {"local t = {} for i = 1, 1000 do t[i] = i end while true do table.insert(t, 1, 0) end",
         "took more than"},
        {"local t = {} for i = 1, 500 do t[i] = ('x'):rep(16000) end", ""},
        {"local t = {} for i = 1, 100 do t[i] = 'xxxxxxxx' end while true do local s = "
         "table.concat(t, 'y') end",
         "took more than"},
        {"local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1000 do t[i] = nil end while "
         "true "
         "do for k in pairs(t) do end end",
         "took more than"},
        {"for i = 1, 1e9 do request:headers('X-Trunk') end", "took more than"},
        {"return {x = ('x'):rep(16000)}", "gives back too much"},
    };
    struct given *g = given_request();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[400];

        (void)snprintf(text, sizeof text,
                       "function f(request) %s end function good() return {x = 1} end",
                       rows[i].body);
        struct hook *h = given_script(text);
        int good = hook_function(h, STR("good"));

        for (unsigned turn = 0; turn < 3; turn++) {
            assert_false(call(g, h));
            assert_true(why_has(g, rows[i].why));
            assert_true(g->answer.instructions < 200000);
            assert_true(hook_call(h, good, &g->view, &g->answer));
            assert_true(says(g, "x=1;"));
        }
        hook_free(h);
    }
    free(g);
}

/* What calls leave in a table of the script's own fills its memory in the end: then the script is
 * as at first. */
static void what_is_hoarded_is_lost(void **state)
{
    struct given *g = given_request();
    struct hook *h = given_script("local all = {}\n"
                                  "function f() for i = 1, 200 do all[#all + 1] = {} end\n"
                                  "return {x = #all} end");
    unsigned failed = 0, began = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        bool good = call(g, h);

        failed += !good;
        began += good && str_equal(g->answer.words[0].value, STR("200"));
    }
    assert_true(failed > 5 && failed < 200);
    assert_true(began == failed || began == failed + 1);
    hook_free(h);
    free(g);
}

static void the_same_call_takes_the_same(void **state)
{
    struct given *g = given_request();
    struct hook *h = given_script("function f(r) if r.user == 'bob' and r:header('X-Trunk') then\n"
                                  "return {forward = 'set:' .. r:header('X-Trunk')} end end");
    uint64_t first = 0;

    (void)state;
    hook_count_all(h);
    for (unsigned i = 0; i < 2000; i++) {
        assert_true(call(g, h));
        assert_true(says(g, "forward=set:north;"));
        if (i <= 1)
            first = g->answer.instructions;
        assert_int_equal(g->answer.instructions, first);
        assert_true(g->answer.memory < 200 * 1024);
    }
    assert_true(first > 10 && first < 500);
    hook_free(h);
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_too_much_ends),
        cmocka_unit_test(what_is_hoarded_is_lost),
        cmocka_unit_test(the_same_call_takes_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
