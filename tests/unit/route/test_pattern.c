/* Regular expressions: what matches, what does not, what is none, and that none takes long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "route/pattern.h"

static struct pattern p;

static void what_matches(void **state)
{
    static const struct {
        const char *pattern, *yes[5], *no[5];
    } rows[] = {
        {"abc", {"abc"}, {"", "ab", "abcd", "xabc"}},
        {"a.c", {"abc", "a.c"}, {"ac", "abbc"}},
        {"a\\.c", {"a.c"}, {"abc"}},
        {"ab*", {"a", "ab", "abbbb"}, {"", "b", "aba"}},
        {"ab+", {"ab", "abb"}, {"a", "b"}},
        {"ab?c", {"ac", "abc"}, {"abbc"}},
        {"[1-9][0-9]{2}", {"100", "999"}, {"099", "10", "1000"}},
        {"[^0-9]+", {"abc"}, {"a1", ""}},
        {"(ab|cd)*", {"", "ab", "abcdab"}, {"abc", "a"}},
        {"a(b|)c", {"abc", "ac"}, {"abbc"}},
        {"x{2,4}", {"xx", "xxx", "xxxx"}, {"x", "xxxxx"}},
        {"x{0,2}y", {"y", "xy", "xxy"}, {"xxxy"}},
        {"x{2,}", {"xx", "xxxxxxxx"}, {"x", ""}},
        {"x{0,}", {"", "x", "xxx"}, {"y"}},
        {"(a|b)(c|d)?", {"a", "bd"}, {"", "c", "acd"}},
        {"", {""}, {"a"}},
        {"((a))b|c", {"ab", "c"}, {"ac", "a"}},
        {"\\[a\\]", {"[a]"}, {"a"}},
        {"[a\\]]+", {"a]a"}, {"["}},
        {"\xc3\xa9.", {"\xc3\xa9x"}, {"x"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *wrong = pattern_compile(&p, str_from(rows[i].pattern));

        if (wrong)
            fail_msg("%s: %s", rows[i].pattern, wrong);
        for (size_t k = 0; k < 5 && rows[i].yes[k]; k++)
            if (!pattern_matches(&p, str_from(rows[i].yes[k])))
                fail_msg("%s does not match %s", rows[i].pattern, rows[i].yes[k]);
        for (size_t k = 0; k < 5 && rows[i].no[k]; k++)
            if (pattern_matches(&p, str_from(rows[i].no[k])))
                fail_msg("%s matches %s", rows[i].pattern, rows[i].no[k]);
    }
}

static void what_is_none(void **state)
{
    static const char *const rows[] = {
        "(",      "[]-]",
        ")",      "(a",
        "a)",     "*",
        "a|*",    "[a",
        "[",      "[b-a]",
        "\\",     "a{2",
        "a{x}",   "{2}",
        "a{4,2}", "a{0}",
        "(a){2}", "a*{2}",
        "^a",     "a$",
        "a{129}", "((((((((((((((((a))))))))))))))))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!pattern_compile(&p, str_from(rows[i])))
            fail_msg("%s is taken", rows[i]);
}

static void its_size_has_a_bound(void **state)
{
    char text[LIMIT_ROUTE_PATTERN + 1];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_null(pattern_compile(&p, (struct str){text, LIMIT_ROUTE_PATTERN}));
    assert_true(pattern_matches(&p, (struct str){text, LIMIT_ROUTE_PATTERN}));
    assert_non_null(pattern_compile(&p, (struct str){text, LIMIT_ROUTE_PATTERN + 1}));
}

/* What takes others time exponential in the length of the text. */
static void nothing_is_tried_twice(void **state)
{
    static char text[200000];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_null(pattern_compile(&p, STR("(a|a)*(a|a)*(a|a)*(a|a)*b")));
    assert_false(pattern_matches(&p, (struct str){text, sizeof text}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matches),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(its_size_has_a_bound),
        cmocka_unit_test(nothing_is_tried_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
