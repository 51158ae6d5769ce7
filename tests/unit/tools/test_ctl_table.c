/* Tables: aligned, as wide as they may be, and a terminal obeys nothing that stands in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/utf8.h"
#include "tools/ctl_table.h"

static const struct ctl_column columns[] = {
    {"name", "NAME", false}, {"n", "N", true}, {"text", "TEXT", false}, {NULL, NULL, false}};

static char *print(const char *const *rows, size_t n, unsigned width)
{
    struct ctl_table t;
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);

    assert_non_null(f);
    assert_true(ctl_table_begin(&t, f, columns, width));
    for (size_t i = 0; i < n; i++) {
        struct ctl_row r;

        assert_true(ctl_row_read(&r, str_from(rows[i])));
        assert_true(ctl_table_add(&t, &r));
        ctl_row_free(&r);
    }
    ctl_table_end(&t);
    assert_int_equal(fclose(f), 0);
    return out;
}

static void columns_are_aligned(void **state)
{
    static const char *const rows[] = {
        "{\"name\":\"bob\",\"n\":7,\"text\":\"x\"}",
        "{\"text\":\"\\u00e4\\u001b[31m\\u009b\",\"n\":1234,\"name\":\"\xc3\xa4lice\"}",
        "{\"name\":\"a b\"}",
    };

    (void)state;
    char *got = print(rows, 3, 80);
    assert_string_equal(got, "NAME      N  TEXT\n"
                             "bob       7  x\n"
                             "\xc3\xa4lice  1234  \xc3\xa4?[31m?\n"
                             "a b          \n");
    free(got);
    got = print(rows, 0, 80);
    assert_string_equal(got, "");
    free(got);
}

static void no_line_is_too_wide(void **state)
{
    static char row[500];
    static const char *rows[1000];

    (void)state;
    snprintf(row, sizeof(row), "{\"name\":\"%0150d\",\"n\":3,\"text\":\"%0200d\"}", 1, 2);
    for (size_t i = 0; i < 1000; i++) /* also those that come after the widths were decided */
        rows[i] = i == 600 ? row : i < 2 ? row : "{\"name\":\"x\"}";
    char *got = print(rows, 1000, 80);
    unsigned lines = 0;

    for (char *line = got; *line; lines++) {
        char *end = strchr(line, '\n');
        unsigned n = 0;

        for (struct str s = {line, (size_t)(end - line)}; s.len > 0; n++)
            s = str_slice(s, utf8_character(s), s.len);
        assert_in_range(n, 1, 80);
        line = end + 1;
    }
    assert_int_equal(lines, 1001);
    assert_non_null(strstr(got, "\xe2\x80\xa6"));
    free(got);
    got = print(rows, 1000, 0); /* nothing is cut where nobody says how wide */
    assert_null(strstr(got, "\xe2\x80\xa6"));
    free(got);
}

static void one_thing_is_a_list(void **state)
{
    struct ctl_row r;
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);

    (void)state;
    assert_true(
        ctl_row_read(&r, STR("{\"version\":\"1\",\"uptime_s\":90061,\"memory_bytes\":1572864,"
                             "\"log_level\":\"info\"}")));
    ctl_print_one(f, &r);
    ctl_row_free(&r);
    assert_int_equal(fclose(f), 0);
    assert_string_equal(out, "version    1\n"
                             "uptime     1 d 1 h 1 min 1 s\n"
                             "memory     1.5 MiB\n"
                             "log level  info\n");
    free(out);
}

static void the_width_is_a_terminals(void **state)
{
    FILE *f = fopen("/dev/null", "w");

    (void)state;
    assert_non_null(f);
    unsetenv("COLUMNS");
    assert_int_equal(ctl_width(f), 0);
    setenv("COLUMNS", "100", 1);
    assert_int_equal(ctl_width(f), 100);
    setenv("COLUMNS", "20", 1);
    assert_int_equal(ctl_width(f), CTL_WIDTH_LEAST);
    setenv("COLUMNS", "999", 1);
    assert_int_equal(ctl_width(f), CTL_WIDTH_MOST);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned),
        cmocka_unit_test(no_line_is_too_wide),
        cmocka_unit_test(one_thing_is_a_list),
        cmocka_unit_test(the_width_is_a_terminals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
