/* The torture messages of RFC 4475 and RFC 5118 with the verdicts of their RFCs, and what real
 * phones and scanners have sent. Skipped where the test data are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "msg/print.h"
#include "testdata.h"

static struct test_msg t, again;
static char table[1 << 20], text[TEST_BYTES];

static const char *c_string(struct str s)
{
    static char name[4][256];
    static unsigned turn;
    char *at = name[turn++ % 4];
    snprintf(at, sizeof name[0], "%.*s", STR_ARG(s));
    return at;
}

/* The bytes of one test message, parsed and checked; false: the file is not there. */
static bool check_file(const char *folder, const char *name)
{
    size_t len;
    if (!test_read(folder, name, text, sizeof text, &len))
        return false;
    test_parse(&t, (struct str){text, len}, MSG_DATAGRAM);
    msg_check(&t.m);
    return true;
}

/* Choices where RFC 4475 says MAY: refused, as no phone that we know of sends these. Two others are
 * accepted: badbranch (matched as RFC 2543 does) and sdp01 (nothing is wrong with the message). */
static const char *const refused_by_choice[] = {
    "ltgtruri.dat", "lwsstart.dat", "trws.dat",  "escruri.dat",
    "regbadct.dat", "badaspec.dat", "baddn.dat",
};

static bool is_refused_by_choice(struct str file)
{
    for (size_t i = 0; i < sizeof refused_by_choice / sizeof *refused_by_choice; i++)
        if (str_equal(file, str_from(refused_by_choice[i])))
            return true;
    return false;
}

/* 400, 505, 200 (fit for work, whatever the element then says) or 0 (dropped). */
static unsigned rfc4475_verdict(struct str line)
{
    struct str file = test_column(line, 0), verdict = test_column(line, 5);
    if (str_starts(verdict, STR("reject 505")))
        return 505;
    if (str_starts(verdict, STR("discard")))
        return str_starts(test_column(line, 4), STR("valid")) ? 200 : 0;
    if (str_equal(test_column(line, 9), STR("MAY")))
        return is_refused_by_choice(file) ? 400 : 200;
    return str_starts(verdict, STR("reject")) ? 400 : 200;
}

static void assert_verdict(const char *name, unsigned verdict)
{
    unsigned answer = msg_answer(&t.m);
    bool fits =
        t.m.n_errors == 0 || (t.m.is_request && answer == 0 && msg_check_essential(&t.m) == MSG_OK);
    bool right = verdict == 200 ? fits : t.m.n_errors > 0 && answer == verdict;
    if (!right)
        fail_msg("%s: wanted %u, got answer %u, %u faults, first %s", name, verdict, answer,
                 t.m.n_errors, msg_error_name(t.m.errors[0].code));
}

static void rfc4475(void **state)
{
    (void)state;
    size_t len, at = 0, n = 0;
    struct str line;
    if (!test_read("rfc4475", "expected.tsv", table, sizeof table, &len))
        skip();
    while (test_line((struct str){table, len}, &at, &line)) {
        const char *name = c_string(test_column(line, 0));
        /* The archive's baddn has no empty line, which is not what its section is about. */
        bool repaired = check_file("rfc4475/wire", name);
        assert_true(repaired || check_file("rfc4475/msg", name));
        n++;
        if (!str_equal(test_column(line, 1), STR("(none)")))
            assert_verdict(name, rfc4475_verdict(line));
    }
    assert_int_equal(n, 50);
}

static void rfc5118(void **state)
{
    (void)state;
    size_t len, at = 0, n = 0;
    struct str line;
    if (!test_read("rfc5118", "expected.tsv", table, sizeof table, &len))
        skip();
    while (test_line((struct str){table, len}, &at, &line)) {
        char name[128];
        snprintf(name, sizeof name, "%.*s.dat", STR_ARG(test_column(line, 0)));
        assert_true(check_file("rfc5118/wire", name));
        assert_verdict(name, str_equal(test_column(line, 3), STR("invalid")) ? 400 : 200);
        n++;
    }
    assert_int_equal(n, 12);
}

static bool starts_with_any(struct str file, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(file, str_from(list[i])))
            return true;
    return false;
}

/* Refused although others take them: bytes that a fuzzer put into the essential headers, and what
 * RFC 4475 has refused. */
static const char *const refused[] = {
    "0793-", "0808-", "0835-", /* fuzzed Call-ID, From or Via */
    "0997-",                   /* backslashes before the quotes of a display name */
    "1125-", "1302-",          /* RFC 4475 3.1.2.15 baddn */
    "1250-", "1288-", "1323-", /* RFC 4475 3.1.2.11 escruri */
    "1261-",                   /* headers in a tel URI */
};
/* Accepted although others refuse it: RFC 4475 3.1.1.1 is valid, folded CSeq and all. */
static const char *const accepted[] = {"1115-"};

static void realworld(void **state)
{
    (void)state;
    size_t len, at = 0, n = 0;
    struct str line;
    if (!test_read("realworld", "MANIFEST.tsv", table, sizeof table, &len))
        skip();
    while (test_line((struct str){table, len}, &at, &line)) {
        struct str file = test_column(line, 0), consensus = test_column(line, 16);
        if (!check_file("realworld", c_string(file)))
            continue;
        bool fits = msg_check_essential(&t.m) == MSG_OK;
        bool wanted = !str_equal(consensus, STR("reject"));
        if (starts_with_any(file, refused, sizeof refused / sizeof *refused))
            wanted = false;
        if (starts_with_any(file, accepted, sizeof accepted / sizeof *accepted))
            wanted = true;
        n++;
        if (fits != wanted && !str_equal(consensus, STR("disputed")))
            fail_msg("%s: %s (%s)", c_string(file), fits ? "accepted" : "refused",
                     msg_error_name(t.m.errors[0].code));
    }
    assert_true(n > 800);
}

/* print(parse(x)) is a fixed point, says the same, and is valid again. */
static void assert_fixed_point(const char *name)
{
    static char once[2 * TEST_BYTES], twice[2 * TEST_BYTES];
    struct buf a, b;
    buf_init(&a, once, sizeof once);
    msg_print(&a, &t.m);
    assert_false(a.over);
    if (a.len > TEST_BYTES)
        return;
    if (test_parse(&again, buf_str(&a), MSG_STREAM) != MSG_OK || msg_check(&again.m) != MSG_OK)
        fail_msg("%s: printed with %s", name, msg_error_name(again.m.errors[0].code));
    buf_init(&b, twice, sizeof twice);
    msg_print(&b, &again.m);
    if (!str_equal(buf_str(&a), buf_str(&b)))
        fail_msg("%s: no fixed point", name);
    assert_true(str_equal(t.m.body, again.m.body));
    assert_true(again.m.n_headers >= t.m.n_headers);
}

static void fixed_points(const char *folder, const char *manifest, const char *suffix)
{
    size_t len, at = 0, n = 0;
    struct str line;
    if (!test_read(folder, manifest, table, sizeof table, &len))
        skip();
    while (test_line((struct str){table, len}, &at, &line)) {
        char name[256];
        snprintf(name, sizeof name, "%.*s%s", STR_ARG(test_column(line, 0)), suffix);
        char dir[300];
        snprintf(dir, sizeof dir, "%s%s", folder,
                 suffix[0]                                     ? "/wire"
                 : str_equal(str_from(folder), STR("rfc4475")) ? "/msg"
                                                               : "");
        if (!check_file(dir, name) || t.m.n_errors)
            continue;
        assert_fixed_point(name);
        n++;
    }
    assert_true(n > 5);
}

static void printing_is_a_fixed_point(void **state)
{
    (void)state;
    fixed_points("rfc4475", "expected.tsv", "");
    fixed_points("rfc5118", "expected.tsv", ".dat");
    fixed_points("realworld", "MANIFEST.tsv", "");
    fixed_points("callflows", "MANIFEST.tsv", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc4475),
        cmocka_unit_test(rfc5118),
        cmocka_unit_test(realworld),
        cmocka_unit_test(printing_is_a_fixed_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
