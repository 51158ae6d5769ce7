/* The reports of tandem parse: members, places of faults, status codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

static _Alignas(16) char space[65536];

static char *print(const char *text, void (*form)(FILE *, const struct report *))
{
    struct msg m;
    struct report r = {.file = "x.sip", .data = str_from(text), .msg = &m};
    char *got = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&got, &len);

    (void)msg_parse(&m, r.data, MSG_DATAGRAM, space, sizeof(space));
    (void)msg_check(&m);
    form(f, &r);
    fclose(f);
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
         "\"body_length\":0,\"errors\":[],\"answer\":null}\n"},
        {"SIP/2.0 200 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\nbody",
         "\"valid\":true,\"type\":\"response\",\"method\":null,\"uri\":null,\"status\":200,"},
        {"SIP/2.0 200 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\nbody", "\"body_length\":4,"},
        {"SIP/2.0 99999 OK\r\n" HEAD "CSeq: 1 OPTIONS\r\n\r\n",
         "\"valid\":false,\"type\":\"response\",\"method\":null,\"uri\":null,\"status\":null,"},
        {"OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n\r\n",
         "\"errors\":[{\"code\":\"cseq_method_mismatch\",\"offset\":137,\"line\":7,\"column\":9,"
         "\"header\":\"CSeq\",\"what\":\"CSeq method differs from the request's\",\"rfc\":\"3261 "
         "8.1.1.5\"}],\"answer\":400}\n"},
        {"\r\n\r\nOPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n\r\n",
         "\"offset\":137,\"line\":9,\"column\":9,"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *got = print(rows[i].text, report_json);

        if (!strstr(got, rows[i].holds))
            print_error("row %zu: %s", i, got);
        assert_non_null(strstr(got, rows[i].holds));
        free(got);
    }
}

static void shows_people_the_line_and_the_place(void **state)
{
    char *got =
        print("OPTIONS sip:x@y SIP/2.0\r\n" HEAD "CSeq: 1 INV\x1b[31mITE\r\n\r\n", report_text);

    (void)state;
    assert_non_null(strstr(got, "x.sip: invalid request OPTIONS sip:x@y, 6 headers"));
    assert_non_null(strstr(got, "x.sip:7:"));
    assert_non_null(strstr(got, "    CSeq: 1 INV.[31mITE\n"));
    assert_non_null(strstr(got, "^\n"));
    assert_null(strchr(got, '\x1b')); /* no command reaches the terminal */
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_members_that_are_promised),
        cmocka_unit_test(shows_people_the_line_and_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
