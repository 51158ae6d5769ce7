/* Generic parameters read on demand (RFC 3261 7.3.1, 25.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "msg/types.h"

static void iteration(void **state)
{
    (void)state;
    struct params p = {STR(";lr; q = 0.5 ;\r\n x=\"a;b\\\"\" ; h=[2001:db8::1];y")};
    static const struct {
        const char *name, *value; /* NULL: none */
    } want[] = {
        {"lr", NULL}, {"q", "0.5"}, {"x", "\"a;b\\\"\""}, {"h", "[2001:db8::1]"}, {"y", NULL}};
    struct str name, value;
    size_t at = 0, n = 0;
    for (; params_next(p, &at, &name, &value); n++) {
        assert_true(str_equal(name, str_from(want[n].name)));
        assert_int_equal(value.at == NULL, want[n].value == NULL);
        assert_true(str_equal(value, str_from(want[n].value)));
    }
    assert_int_equal(n, 5);
}

static void lookup(void **state)
{
    (void)state;
    struct params p = {STR(";Tag=a;tagger=b;EXPIRES=60;lr")};
    struct str v;
    assert_true(params_get(p, STR("tag"), &v) && str_equal(v, STR("a")));
    assert_true(params_get(p, STR("expires"), &v) && str_equal(v, STR("60")));
    assert_true(params_get(p, STR("LR"), &v) && v.at == NULL);
    assert_false(params_get(p, STR("ta"), &v));
    assert_false(params_get((struct params){STR_NONE}, STR("tag"), &v));
}

/* Text that no decoder let through ends the iteration and nothing more. */
static void foreign_text(void **state)
{
    (void)state;
    static const char *const texts[] = {";", ";;", "x", ";a=", ";a=\"", "; =", ";a b;c"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct params p = {str_from(texts[i])};
        struct str name, value;
        size_t at = 0, n = 0;
        while (params_next(p, &at, &name, &value))
            n++;
        assert_true(n <= 1);
        assert_false(params_get(p, STR("c"), &value));
    }
}

static void unescaping(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\"a\\\"b\\\\\"", "a\"b\\"}, {"\"\"", ""}, {"token", "token"}, {"", ""}, {"\"", "\""},
        {"\"a\\z\"", "az"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        struct buf b;
        buf_init(&b, text, sizeof text);
        quoted_unescape(&b, str_from(rows[i].text));
        if (!str_equal(buf_str(&b), str_from(rows[i].want)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(buf_str(&b)));
    }
}

/* RFC 3261 25.1: qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */
static void qvalues(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int thousandths; /* -1: it is none */
    } rows[] = {
        {"0", 0},     {"1", 1000},     {"0.", 0},      {"1.", 1000}, {"0.5", 500}, {"0.05", 50},
        {"0.005", 5}, {"1.000", 1000}, {"0.999", 999}, {"", -1},     {"2", -1},    {"-1", -1},
        {".5", -1},   {"1.001", -1},   {"0.0005", -1}, {"0,5", -1},  {"0.x", -1},  {"01", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint16_t q = 7;
        bool good = qvalue_parse(str_from(rows[i].text), &q);
        if (good != (rows[i].thousandths >= 0) || q != (good ? rows[i].thousandths : 7))
            fail_msg("%s: %u", rows[i].text, q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iteration),  cmocka_unit_test(lookup),  cmocka_unit_test(foreign_text),
        cmocka_unit_test(unescaping), cmocka_unit_test(qvalues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
