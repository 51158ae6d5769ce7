/* Lines to words and back: whatever the bytes are, a word that is written is read again as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/words.h"

static void lines_have_words(void **state)
{
    static const struct {
        struct str line;
        unsigned n;
        const char *words[3];
    } rows[] = {
        {STR_INIT(""), 0, {0}},
        {STR_INIT(" \t "), 0, {0}},
        {STR_INIT("status"), 1, {"status"}},
        {STR_INIT("  log\tdebug "), 2, {"log", "debug"}},
        {STR_INIT("a \"b c\" d"), 3, {"a", "b c", "d"}},
        {STR_INIT("a \"\" x"), 3, {"a", "", "x"}},
        {STR_INIT("\"q\\\"\\\\\\x\"y"), 1, {"q\"\\xy"}},
        {STR_INIT("back\\slash"), 1, {"back\\slash"}},
        {STR_INIT("\xc3\xa4\xff"), 1, {"\xc3\xa4\xff"}},
    };
    struct words l;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_null(words_read(&l, rows[i].line));
        assert_int_equal(l.n, rows[i].n);
        for (unsigned k = 0; k < l.n; k++)
            assert_true(str_equal(l.list[k], str_from(rows[i].words[k])));
    }
}

static void bad_lines_are_refused(void **state)
{
    static char many[LIMIT_CONTROL_LINE + 1];
    struct words l;

    (void)state;
    assert_non_null(words_read(&l, STR("a \"b")));
    assert_non_null(words_read(&l, STR("a\nb")));
    assert_non_null(words_read(&l, STR("a\0b")));
    assert_non_null(words_read(&l, STR("a\x7f")));
    assert_non_null(
        words_read(&l, STR("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25")));
    assert_null(
        words_read(&l, STR("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24")));
    memset(many, 'x', sizeof(many));
    assert_null(words_read(&l, (struct str){many, LIMIT_CONTROL_LINE}));
    assert_int_equal(l.list[0].len, LIMIT_CONTROL_LINE);
    assert_non_null(words_read(&l, (struct str){many, LIMIT_CONTROL_LINE + 1}));
}

static void what_is_written_is_read(void **state)
{
    static const char *const words[] = {"plain", "", "two words", "\"", "\\", "a\\\"b", "\\\\ \""};
    struct words l;
    char text[100];
    struct buf b;

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        buf_init(&b, text, sizeof(text));
        words_put(&b, str_from(words[i]));
        assert_null(words_read(&l, buf_str(&b)));
        assert_int_equal(l.n, 1);
        assert_true(str_equal(l.list[0], str_from(words[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_words),
        cmocka_unit_test(bad_lines_are_refused),
        cmocka_unit_test(what_is_written_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
