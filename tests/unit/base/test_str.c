/* Views: comparing, cutting, trimming, reading numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

struct pair {
    struct str a, b;
    bool equal, equal_nocase;
};

static void compares_with_and_without_case(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {STR_INIT(""), STR_INIT(""), true, true},
        {STR_INIT("Via"), STR_INIT("via"), false, true},
        {STR_INIT("Via"), STR_INIT("Via"), true, true},
        {STR_INIT("Via"), STR_INIT("Vi"), false, false},
        {STR_INIT("Record-Route-Long"), STR_INIT("RECORD-ROUTE-LONG"), false, true},
        {STR_INIT("Record-Route-Long"), STR_INIT("RECORD-ROUTE-LONh"), false, false},
        {STR_INIT("Xecord-Route"), STR_INIT("Record-Route"), false, false},
        {STR_INIT("[@{`azAZ"), STR_INIT("[@{`AZaz"), false, true},
        {STR_INIT("@@@@@@@@"), STR_INIT("````````"), false, false},
        {STR_INIT("[[[[[[[["), STR_INIT("{{{{{{{{"), false, false},
        /* RFC 3261 7.3.1: bytes above 127 have no case. */
        {STR_INIT("\xc3\x84\xc3\x84\xc3\x84\xc3\x84"), STR_INIT("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"),
         false, false},
        {STR_INIT("\xc1"), STR_INIT("\xe1"), false, false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(str_equal(pairs[i].a, pairs[i].b), pairs[i].equal);
        assert_int_equal(str_equal_nocase(pairs[i].a, pairs[i].b), pairs[i].equal_nocase);
        assert_int_equal(str_equal_nocase(pairs[i].b, pairs[i].a), pairs[i].equal_nocase);
    }
}

static void every_byte_folds_as_ascii_says(void **state)
{
    (void)state;
    for (unsigned x = 0; x < 256; x++) {
        for (unsigned y = 0; y < 256; y++) {
            bool same = x == y || ((x ^ y) == 0x20 && (x | 0x20) >= 'a' && (x | 0x20) <= 'z');
            char a[9], b[9];
            memset(a, (int)x, sizeof a);
            memset(b, (int)y, sizeof b);
            assert_int_equal(str_equal_nocase((struct str){a, 1}, (struct str){b, 1}), same);
            assert_int_equal(str_equal_nocase((struct str){a, 8}, (struct str){b, 8}), same);
        }
    }
}

static void knows_beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR("sip:bob"), STR("sip:")));
    assert_true(str_starts(STR("sip:"), STR("")));
    assert_true(str_starts(STR_NONE, STR_NONE));
    assert_false(str_starts(STR("si"), STR("sip:")));
    assert_false(str_starts(STR("SIP:bob"), STR("sip:")));
    assert_true(str_starts_nocase(STR("SIP:bob"), STR("sip:")));
    assert_false(str_starts_nocase(STR("si"), STR("sip")));
    assert_true(str_ends_nocase(STR("a.Example.COM"), STR(".example.com")));
    assert_false(str_ends_nocase(STR("com"), STR(".example.com")));
}

static void orders_bytewise_and_short_first(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("b"), STR("a")) > 0);
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_true(str_compare(STR("z"), STR("\xc3")) < 0);
    assert_int_equal(str_compare(STR_NONE, STR("")), 0);
}

static void slices_are_clamped(void **state)
{
    (void)state;
    assert_true(str_equal(str_slice(STR("abcdef"), 2, 3), STR("cde")));
    assert_true(str_equal(str_slice(STR("abcdef"), 4, SIZE_MAX), STR("ef")));
    assert_int_equal(str_slice(STR("abc"), 9, 1).len, 0);
    assert_int_equal(str_slice(STR_NONE, 1, 1).len, 0);
}

static void trims_white_space_and_line_ends(void **state)
{
    (void)state;
    assert_true(str_equal(str_trim(STR(" \t\r\n a b \r\n\t")), STR("a b")));
    assert_int_equal(str_trim(STR(" \r\n ")).len, 0);
    assert_int_equal(str_trim(STR_NONE).len, 0);
}

static void finds_or_gives_the_length(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a:b:c"), ':'), 1);
    assert_int_equal(str_find(STR("abc"), ':'), 3);
    assert_int_equal(str_find(STR_NONE, ':'), 0);
    assert_int_equal(str_from(NULL).len, 0);
    assert_true(str_equal(str_from("abc"), STR("abc")));
}

static void reads_decimal_numbers_up_to_a_limit(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } cases[] = {
        {STR_INIT("0"), 0, true, 0},
        {STR_INIT("1"), 0, false, 0},
        {STR_INIT("007"), 7, true, 7},
        {STR_INIT("65535"), 65535, true, 65535},
        {STR_INIT("65536"), 65535, false, 0},
        {STR_INIT("4294967295"), UINT32_MAX, true, UINT32_MAX},
        {STR_INIT("18446744073709551615"), UINT64_MAX, true, UINT64_MAX},
        {STR_INIT("18446744073709551616"), UINT64_MAX, false, 0},
        {STR_INIT("99999999999999999999999"), UINT64_MAX, false, 0},
        {STR_INIT(""), 9, false, 0},
        {STR_INIT("-1"), 9, false, 0},
        {STR_INIT("+1"), 9, false, 0},
        {STR_INIT(" 1"), 9, false, 0},
        {STR_INIT("1x"), 99, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 77;
        assert_int_equal(str_to_u64(cases[i].text, cases[i].max, &n), cases[i].ok);
        assert_true(n == (cases[i].ok ? cases[i].value : 77));
    }
}

static void reads_hexadecimal_numbers(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        bool ok;
        uint64_t value;
    } cases[] = {
        {STR_INIT("0"), true, 0},
        {STR_INIT("aF09"), true, 0xaf09},
        {STR_INIT("ffffffffffffffff"), true, UINT64_MAX},
        {STR_INIT("00000000000000000"), false, 0},
        {STR_INIT(""), false, 0},
        {STR_INIT("0x1"), false, 0},
        {STR_INIT("g"), false, 0},
        {STR_INIT("1 "), false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 77;
        assert_int_equal(str_to_hex(cases[i].text, &n), cases[i].ok);
        assert_true(n == (cases[i].ok ? cases[i].value : 77));
    }
}

/* Eight digits go at once, in any place among further ones. */
static void every_byte_is_a_hexadecimal_digit_or_none(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++)
        for (size_t len = 1; len <= 16; len++)
            for (size_t at = 0; at < len; at++) {
                char text[17] = "1234567890abcdef";
                static const char digits[] = "0123456789abcdefABCDEF";
                const char *digit = c ? strchr(digits, (int)c) : NULL;
                uint64_t n = 77, expected = 77;
                text[at] = (char)c;
                assert_int_equal(str_to_hex((struct str){text, len}, &n), digit != NULL);
                text[len] = '\0';
                if (digit)
                    expected = strtoull(text, NULL, 16);
                assert_true(n == expected);
            }
}

static void short_texts_fold_at_every_place(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 20; len++)
        for (size_t at = 0; at < len; at++) {
            char a[] = "aBcDeFgHiJkLmNoPqRsTu", b[] = "AbCdEfGhIjKlMnOpQrStU";
            assert_true(str_equal_nocase((struct str){a, len}, (struct str){b, len}));
            b[at] = '_';
            assert_false(str_equal_nocase((struct str){a, len}, (struct str){b, len}));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_with_and_without_case),
        cmocka_unit_test(every_byte_folds_as_ascii_says),
        cmocka_unit_test(knows_beginnings_and_ends),
        cmocka_unit_test(orders_bytewise_and_short_first),
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(trims_white_space_and_line_ends),
        cmocka_unit_test(finds_or_gives_the_length),
        cmocka_unit_test(reads_decimal_numbers_up_to_a_limit),
        cmocka_unit_test(reads_hexadecimal_numbers),
        cmocka_unit_test(every_byte_is_a_hexadecimal_digit_or_none),
        cmocka_unit_test(short_texts_fold_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
