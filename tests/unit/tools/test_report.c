/* The reports of tandem parse: members, places of faults, status codes, findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tools/explain_finding.h"
#include "tools/report.h"

static const struct parse_options all = {.least = LINT_HINT};

static char *print(const char *text, const struct parse_options *options, bool colour)
{
    struct report r;
    char *got = NULL;
    size_t len = 0;
    struct reporter to = {.out = open_memstream(&got, &len), .options = options, .colour = colour};

    assert_true(report_open(&r, "x.sip", str_from(text), str_from(text)));
    reporter_begin(&to);
    reporter_tell(&to, &r);
    reporter_end(&to);
    report_close(&r);
    fclose(to.out);
    return got;
}

#define HEAD                                                                           \
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n" \
    "Call-ID: 1\r\nMax-Forwards: 70\r\n"

static void has_the_members_that_are_promised(void **state)
{
    static const struct {
        const char *text, *holds;
    } rows[] = {
        {"OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n",
         "{\"file\":\"x.sip\",\"valid\":true,\"type\":\"request\",\"method\":\"OPTIONS\","
         "\"uri\":\"sip:x@y\",\"status\":null,\"headers\":[{\"name\":\"Via\",\"value\":\"SIP/2.0/"
         "UDP "
         "a;branch=z9hG4bK1\"},"},
        {"OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n",
         "\"body_length\":0,\"errors\":[],\"answer\":null,\"findings\":[]}\n"},
        {"SIP/2.0 200 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\nbody",
         "\"valid\":true,\"type\":\"response\",\"method\":null,\"uri\":null,\"status\":200,"},
        {"SIP/2.0 200 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\nbody", "\"body_length\":4,"},
        {"SIP/2.0 99999 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n",
         "\"valid\":false,\"type\":\"response\",\"method\":null,\"uri\":null,\"status\":null,"},
        {"OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n\r\n",
         "\"errors\":[{\"code\":\"cseq_method_mismatch\",\"offset\":137,\"line\":7,\"column\":9,"
         "\"header\":\"CSeq\",\"what\":\"CSeq method differs from the "
         "request's\",\"remedy\":\"Write the "
         "request's own method, in the same letters.\",\"rfc\":\"3261 "
         "8.1.1.5\"}],\"answer\":400,\"findings\":[]}\n"},
        {"BYE sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 BYE\r\n\r\n",
         "\"findings\":[{\"code\":\"no_dialog\",\"severity\":\"error\",\"offset\":84,\"line\":4,"
         "\"column\":5,\"header\":\"To\",\"what\":\"Request that belongs into a dialog, without a "
         "tag "
         "in To\",\"remedy\":\"Send it within a dialog: To with the tag that the other side "
         "chose.\",\"rfc\":\"3261 12.2.1.1\"}]}\n"},
        {"\r\n\r\nOPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n\r\n",
         "\"offset\":137,\"line\":9,\"column\":9,"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct parse_options json = {.form = PARSE_JSON, .least = LINT_ERROR};
        char *got = print(rows[i].text, &json, false);

        if (!strstr(got, rows[i].holds))
            print_error("row %zu: %s", i, got);
        assert_non_null(strstr(got, rows[i].holds));
        free(got);
    }
}

static void shows_people_the_line_and_the_place(void **state)
{
    char *got =
        print("OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INV\x1b[31mITE\r\n\r\n", &all, false);

    (void)state;
    assert_non_null(strstr(got, "x.sip: invalid request OPTIONS sip:x@y, 6 headers"));
    assert_non_null(strstr(got, "x.sip:7:"));
    assert_non_null(strstr(got, "    CSeq: 1 INV.[31mITE\n"));
    assert_non_null(strstr(got, "^\n"));
    assert_null(strchr(got, '\x1b')); /* no command reaches the terminal */
    free(got);
}

static void findings_show_what_to_do(void **state)
{
    static const char bye[] = "BYE sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 BYE\r\nSubject: x\r\n\r\n";
    struct parse_options some = {.least = LINT_WARNING};
    char *got = print(bye, &all, false);

    (void)state;
    assert_non_null(strstr(got,
                           "x.sip:8:1: warning: Subject: Has no place in a message of this kind "
                           "(header_not_applicable, RFC 3261 20)\n    Subject: x\n    ^\n"
                           "    Leave the header out: receivers have to ignore it.\n"));
    assert_non_null(strstr(got, "(header_advised, "));
    assert_null(strchr(got, '\x1b'));
    free(got);
    got = print(bye, &some, true);
    assert_non_null(strstr(got, "x.sip:8:1: \x1b[33mwarning\x1b[0m: Subject"));
    assert_null(strstr(got, "(header_advised, "));
    free(got);
    some.ignored[LINT_HEADER_NOT_APPLICABLE] = true;
    got = print(bye, &some, false);
    assert_null(strstr(got, "Subject: Has"));
    assert_non_null(strstr(got, "(no_dialog, "));
    free(got);
}

static void sarif_names_each_rule_once(void **state)
{
    struct parse_options sarif = {.form = PARSE_SARIF, .least = LINT_WARNING};
    char *got =
        print("BYE sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\nSubject: x\r\n\r\n", &sarif, false);

    (void)state;
    assert_non_null(strstr(got, "\"version\":\"2.1.0\""));
    assert_non_null(
        strstr(got, "{\"ruleId\":\"header_not_applicable\",\"level\":\"warning\","
                    "\"message\":{\"text\":\"Subject: Has no place in a message of this "
                    "kind. Leave the header out: receivers have to ignore it. (RFC 3261 "
                    "20)\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{"
                    "\"uri\":\"x.sip\"},\"region\":{\"startLine\":8,\"startColumn\":1}}}]}"));
    assert_non_null(strstr(got, "{\"ruleId\":\"cseq_method_mismatch\",\"level\":\"error\""));
    assert_non_null(strstr(got, "{\"id\":\"header_not_applicable\",\"shortDescription\""));
    assert_non_null(strstr(got, "{\"id\":\"cseq_method_mismatch\",\"shortDescription\""));
    assert_null(strstr(got, "\"id\":\"header_missing\""));
    free(got);
}

static void codes_are_explained(void **state)
{
    char *got = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&got, &len);

    (void)state;
    assert_false(explain_finding(f, STR("none_such")));
    assert_true(explain_finding(f, STR("via_without_branch")));
    assert_true(explain_finding(f, STR("cseq_method_mismatch")));
    fclose(f);
    assert_true(str_starts(str_from(got), STR("via_without_branch: warning, RFC 3261 8.1.1.7\n\n"
                                              "Via without a branch.\n\nTransactions are")));
    assert_non_null(strstr(got, "cseq_method_mismatch: invalid, RFC 3261 8.1.1.5\n"));
    assert_non_null(strstr(got, "answers such a request with 400.\n"));
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_members_that_are_promised),
        cmocka_unit_test(shows_people_the_line_and_the_place),
        cmocka_unit_test(findings_show_what_to_do),
        cmocka_unit_test(sarif_names_each_rule_once),
        cmocka_unit_test(codes_are_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
