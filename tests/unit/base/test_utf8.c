/* Whole characters (RFC 3629 4), and those that a terminal would obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static void characters(void **state)
{
    static const struct {
        struct str s;
        size_t len;
        bool control;
    } rows[] = {
        {STR_INIT(""), 0, false},
        {STR_INIT("a\xff"), 1, false},
        {STR_INIT("\n"), 1, true},
        {STR_INIT("\x7f"), 1, true},
        {STR_INIT("\xc3\xa4x"), 2, false},
        {STR_INIT("\xc2\x9b"), 2, true},
        {STR_INIT("\xc2\xa0"), 2, false},
        {STR_INIT("\xe2\x82\xac"), 3, false},
        {STR_INIT("\xf0\x9f\x98\x80"), 4, false},
        {STR_INIT("\xc3"), 0, false},         /* cut */
        {STR_INIT("\xc0\x80"), 0, false},     /* overlong */
        {STR_INIT("\xed\xa0\x80"), 0, false}, /* a surrogate */
        {STR_INIT("\xf4\x90\x80\x80"), 0, false},
        {STR_INIT("\x80"), 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(utf8_character(rows[i].s), rows[i].len);
        assert_int_equal(utf8_is_control(rows[i].s), rows[i].control);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(characters)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
