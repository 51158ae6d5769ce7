/* Rows of JSON to fields and back to nothing: what is right is read, what is not is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/ctl_row.h"

static void rows_are_read(void **state)
{
    struct ctl_row r;

    (void)state;
    assert_true(ctl_row_read(
        &r, STR(" {\"a\" : \"x\\\"\\\\\\/\\n\\u00e4\\u20ac\\ud83d\\ude00\" ,\"n\":-1.5e3,"
                "\"t\":true, \"l\":[\"p\",\"q r\", 3],\"e\":[],\"z\":\"\"} ")));
    assert_int_equal(r.n, 6);
    assert_true(
        str_equal(ctl_row_get(&r, "a"), STR("x\"\\/\n\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_true(str_equal(ctl_row_get(&r, "n"), STR("-1.5e3")));
    assert_true(str_equal(ctl_row_get(&r, "t"), STR("true")));
    assert_true(str_equal(ctl_row_get(&r, "l"), STR("p, q r, 3")));
    assert_int_equal(ctl_row_get(&r, "e").len, 0);
    assert_int_equal(ctl_row_get(&r, "absent").len, 0);
    ctl_row_free(&r);
    assert_true(ctl_row_read(&r, STR("{}")));
    assert_int_equal(r.n, 0);
    ctl_row_free(&r);
    assert_true(ctl_row_read(&r, STR("{\"a\":\"\\ud800\\udc0x\"}")) == false);
    assert_true(ctl_row_read(&r, STR("{\"a\":\"\\ud800x\"}")));
    assert_true(str_equal(ctl_row_get(&r, "a"), STR("\xef\xbf\xbdx")));
    ctl_row_free(&r);
}

static void what_is_no_row_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "{",
        "[]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":1}x",
        "{a:1}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":\"x",
        "{\"a\":[1",
        "{\"a\":[1,]}",
        "{\"a\":[[]]}",
        "{\"a\":\"\\q\"}",
        "{,}",
        "{\"a\" \"b\"}",
        "\"a\"",
        "{\"a\":\"\\u12\"}",
    };
    struct ctl_row r;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (ctl_row_read(&r, str_from(rows[i])))
            fail_msg("%s", rows[i]);
}

static void there_is_a_bound(void **state)
{
    char text[CTL_FIELDS * 8 + 20] = "{";
    struct ctl_row r;
    size_t len = 1;

    (void)state;
    for (unsigned i = 0; i <= CTL_FIELDS; i++) {
        memcpy(text + len, "\"a\":1", 5);
        len += 5;
        text[len++] = '}';
        assert_int_equal(ctl_row_read(&r, (struct str){text, len}), i < CTL_FIELDS);
        if (i < CTL_FIELDS)
            ctl_row_free(&r);
        text[len - 1] = ',';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(there_is_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
