/* Regular expressions: what matches, what does not, what is none, and that none takes long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/regexp.h"

static struct regexp re;

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
        {"[]a\\]+", {"a]a", "\\"}, {"["}},
        {"[]-]", {"]", "-"}, {"["}},
        {"[[:digit:]x]+", {"1x2"}, {"y", ":"}},
        {"(ab){2}", {"abab"}, {"ab", "ababab"}},
        {"a{0}b", {"b"}, {"ab"}},
        {"^a$", {"a"}, {"aa"}},
        {"a^|b", {"b"}, {"a"}},
        {"\xc3\xa9.", {"\xc3\xa9x"}, {"x"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *wrong = regexp_compile(&re, str_from(rows[i].pattern));

        if (wrong)
            fail_msg("%s: %s", rows[i].pattern, wrong);
        for (size_t k = 0; k < 5 && rows[i].yes[k]; k++)
            if (!regexp_match_all(&re, str_from(rows[i].yes[k])))
                fail_msg("%s does not match %s", rows[i].pattern, rows[i].yes[k]);
        for (size_t k = 0; k < 5 && rows[i].no[k]; k++)
            if (regexp_match_all(&re, str_from(rows[i].no[k])))
                fail_msg("%s matches %s", rows[i].pattern, rows[i].no[k]);
    }
}

static void what_is_none(void **state)
{
    static const char *const rows[] = {
        "(",      ")",           "(a",
        "a)",     "*",           "a|*",
        "[a",     "[",           "[]",
        "[b-a]",  "\\",          "a{2",
        "a{x}",   "{2}",         "a{4,2}",
        "a{,2}",  "(a)\\1",      "[[:x:]]",
        "a{513}", "a{200}{200}", "((((((((((((((((a))))))))))))))))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!regexp_compile(&re, str_from(rows[i])))
            fail_msg("%s is taken", rows[i]);
}

static void its_size_has_a_bound(void **state)
{
    char text[LIMIT_REGEXP_STEPS];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_null(regexp_compile(&re, (struct str){text, sizeof text - 1}));
    assert_true(regexp_match_all(&re, (struct str){text, sizeof text - 1}));
    assert_non_null(regexp_compile(&re, (struct str){text, sizeof text}));
}

static void the_leftmost_and_the_longest(void **state)
{
    static const struct {
        const char *expression, *text;
        uint16_t from, to, group_from, group_to;
    } rows[] = {
        {"b+(c|cd)", "abbcd", 1, 5, 3, 5},
        {"(a|ab)(c|bcd)?", "abcd", 0, 4, 0, 1},
        {"x*(y)?", "ay", 0, 0, REGEXP_UNSET, REGEXP_UNSET},
        {"(b)|a", "ab", 0, 1, REGEXP_UNSET, REGEXP_UNSET},
    };
    uint16_t places[2 * REGEXP_GROUPS];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_null(regexp_compile(&re, str_from(rows[i].expression)));
        assert_true(regexp_match(&re, str_from(rows[i].text), places));
        assert_int_equal(places[0], rows[i].from);
        assert_int_equal(places[1], rows[i].to);
        assert_int_equal(places[2], rows[i].group_from);
        assert_int_equal(places[3], rows[i].group_to);
    }
    assert_null(regexp_compile(&re, STR("z")));
    assert_false(regexp_match(&re, STR("abc"), places));
}

/* What takes others time exponential in the length of the text. */
static void nothing_is_tried_twice(void **state)
{
    static char text[REGEXP_TEXT + 1];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_null(regexp_compile(&re, STR("(a|a)*(a|a)*(a|a)*(a|a)*b")));
    assert_false(regexp_match_all(&re, (struct str){text, sizeof text - 1}));
    assert_null(regexp_compile(&re, STR("a*")));
    assert_true(regexp_match_all(&re, (struct str){text, sizeof text - 1}));
    assert_false(regexp_match_all(&re, (struct str){text, sizeof text}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matches),           cmocka_unit_test(what_is_none),
        cmocka_unit_test(its_size_has_a_bound),   cmocka_unit_test(the_leftmost_and_the_longest),
        cmocka_unit_test(nothing_is_tried_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
