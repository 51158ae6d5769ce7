/* JSON strings: every byte of any input comes out as something that a JSON parser takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static void check(struct str in, const char *out)
{
    char *got = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&got, &len);

    json_string(f, in);
    fclose(f);
    assert_string_equal(got, out);
    free(got);
}

/* RFC 8259 7, RFC 3629 3 */
static void escapes(void **state)
{
    (void)state;
    check(STR(""), "\"\"");
    check(STR("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    check(STR("\r\n\t\b\f"), "\"\\r\\n\\t\\b\\f\"");
    check(STR("\0\x1f\x7f"), "\"\\u0000\\u001f\\u007f\"");
    check(STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e"), "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e\"");
    check(STR("\xff"
              "a"),
          "\"\\ufffda\"");
    check(STR("\xc3"), "\"\\ufffd\"");
    check(STR("\xc0\x80"), "\"\\ufffd\\ufffd\"");            /* overlong */
    check(STR("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""); /* a surrogate */
    check(STR("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
    check(STR("\xe2\x82"
              "x"),
          "\"\\ufffd\\ufffdx\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(escapes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
