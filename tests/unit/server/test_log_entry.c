/* The three forms of an event: what a stranger put into a field neither ends a line nor begins
 * another field nor moves a cursor; what does not fit is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "server/log_entry.h"

#define AT (UINT64_C(1700000000) * NS_PER_S + 42 * NS_PER_MS)

static char *print(const struct log_record *r, enum config_log_format format)
{
    struct log_entry e;
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);

    assert_non_null(f);
    log_entry_pack(&e, r, AT);
    log_entry_print(f, &e, format);
    assert_int_equal(fclose(f), 0);
    return out;
}

static void check(const struct log_record *r, enum config_log_format format, const char *want)
{
    char *got = print(r, format);

    assert_string_equal(got, want);
    free(got);
}

static void all_forms(void **state)
{
    struct addr a;

    (void)state;
    assert_true(addr_parse(STR("[2001:db8::1]:5060"), &a));
    struct log_field fields[] = {LOG_TEXT("who", STR("al \"ice")), LOG_ADDR("from", &a),
                                 LOG_NUMBER("n", 7), LOG_TEXT("none", STR_NONE)};
    struct log_record r = {EV_AUTH_FAILED, LOG_WARN, 3, fields, 4};

    check(&r, CONFIG_LOG_TEXT,
          "tandem: warn: auth failed who=\"al \\\"ice\" from=[2001:db8::1]:5060 n=7 none=\"\" "
          "skipped=3\n");
    check(&r, CONFIG_LOG_LOGFMT,
          "time=2023-11-14T22:13:20.042Z level=warn event=auth_failed who=\"al \\\"ice\" "
          "from=[2001:db8::1]:5060 n=7 none=\"\" skipped=3\n");
    check(&r, CONFIG_LOG_JSON,
          "{\"event\":\"auth_failed\",\"level\":\"warn\",\"time\":\"2023-11-14T22:13:20.042Z\","
          "\"who\":\"al \\\"ice\",\"from\":\"[2001:db8::1]:5060\",\"n\":7,\"none\":\"\","
          "\"skipped\":3}\n");
}

static void a_line_stays_one_line(void **state)
{
    struct log_field f = LOG_TEXT("who", STR("a\r\nb\x1b[31m\x7f \xc3\xa4 \xc2\x9b \xff x=\\"));
    struct log_record r = {EV_FORBIDDEN, LOG_INFO, 0, &f, 1};

    (void)state;
    check(&r, CONFIG_LOG_TEXT, "tandem: info: forbidden who=\"a??b?[31m? \xc3\xa4 ? ? x=\\\\\"\n");
    check(&r, CONFIG_LOG_JSON,
          "{\"event\":\"forbidden\",\"level\":\"info\",\"time\":\"2023-11-14T22:13:20.042Z\","
          "\"who\":\"a\\r\\nb\\u001b[31m\\u007f \xc3\xa4 \xc2\x9b \\ufffd x=\\\\\"}\n");
}

static void what_is_long_is_cut(void **state)
{
    static char many[2000];
    struct log_field fields[LOG_ENTRY_FIELDS + 3];
    struct log_record r = {EV_READY, LOG_INFO, 0, fields, LOG_ENTRY_FIELDS + 3};
    struct log_entry e;
    size_t sum = 0;

    (void)state;
    memset(many, 'x', sizeof(many));
    for (unsigned i = 0; i < LOG_ENTRY_FIELDS + 3; i++)
        fields[i] = (struct log_field)LOG_TEXT("k", ((struct str){many, 100}));
    fields[5] = (struct log_field)LOG_NUMBER("k", 123456);
    fields[0].text.len = sizeof(many);
    log_entry_pack(&e, &r, AT);
    assert_int_equal(e.n, LOG_ENTRY_FIELDS);
    for (unsigned i = 0; i < e.n; i++)
        sum += e.fields[i].len;
    assert_int_equal(sum, LOG_ENTRY_BYTES);
    assert_false(e.fields[5].number); /* it had no room: no half number */
    char *got = print(&r, CONFIG_LOG_JSON);
    assert_non_null(strstr(got, ",\"k\":\"\"}\n"));
    free(got);
}

/* No half number; what is shorter and comes after it has its place. */
static void a_number_is_whole_or_absent(void **state)
{
    static char many[LOG_ENTRY_BYTES];
    struct log_field fields[] = {LOG_TEXT("a", ((struct str){many, LOG_ENTRY_BYTES - 3})),
                                 LOG_NUMBER("b", 123456), LOG_TEXT("c", STR("yes"))};
    struct log_record r = {EV_READY, LOG_INFO, 0, fields, 3};

    (void)state;
    memset(many, 'x', sizeof(many));
    char *got = print(&r, CONFIG_LOG_JSON);
    assert_non_null(strstr(got, ",\"b\":\"\",\"c\":\"yes\"}\n"));
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_forms),
        cmocka_unit_test(a_line_stays_one_line),
        cmocka_unit_test(what_is_long_is_cut),
        cmocka_unit_test(a_number_is_whole_or_absent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
