/* Addresses with and without brackets: RFC 3261 20.10, 20.20, 20.34, 25.1 and the torture messages
 * of RFC 4475 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static void assert_text(const char *what, struct str got, const char *want)
{
    if (!str_equal(got, str_from(want)))
        fail_msg("%s: \"%.*s\", wanted \"%s\"", what, STR_ARG(got), want);
}

static void nameaddr_parts(void **state)
{
    (void)state;
    static const struct {
        const char *line, *display, *uri, *params, *tag;
        bool bracketed;
    } rows[] = {
        {"From: \"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "\"A. G. Bell\"",
         "sip:agb@bell-telephone.com", ";tag=a48s", "a48s", true},
        {"From: sip:+12125551212@server.phone2net.com;tag=887s", "",
         "sip:+12125551212@server.phone2net.com", ";tag=887s", "887s", false},
        {"f: Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous",
         "sip:c8oqz84zk7z@privacy.org", ";tag=hyh8", "hyh8", true},
        {"From: <sip:a@h;user=phone?x=y>", "", "sip:a@h;user=phone?x=y", "", "", true},
        {"From: caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com",
         ";tag=323", "323", true}, /* RFC 4475 3.1.1.6 */
        {"From: a  b\r\n c\t<sip:h>", "a  b\r\n c", "sip:h", "", "", true},
        {"From: \"a\\\"<b>;,\\\\\" <sip:h>", "\"a\\\"<b>;,\\\\\"", "sip:h", "", "", true},
        {"From: \"\xc3\xa9\"<sip:h>", "\"\xc3\xa9\"", "sip:h", "", "", true},
        {"From: \"\" <sip:h>", "\"\"", "sip:h", "", "", true},
        {"From: <sip:h> ; a ; b = \"c;d\" ;\r\n TAG = e", "", "sip:h",
         "; a ; b = \"c;d\" ;\r\n TAG = e", "e", true},
        {"From: <http://www.example.com/a,b;c?d>;x", "", "http://www.example.com/a,b;c?d", ";x", "",
         true},
        {"From: tel:+1-201;phone-context=x", "", "tel:+1-201", ";phone-context=x", "", false},
        {"From: isbn:2983792873", "", "isbn:2983792873", "", "", false},
        {"From: sip:[2001:db8::1]:5060 ;tag=a", "", "sip:[2001:db8::1]:5060", ";tag=a", "a", false},
        {"To: sip:user@example.com", "", "sip:user@example.com", "", "", false},
        {"Contact: <sip:a@h;x=1>;q=0.7;expires=3600;+sip.instance=\"<urn:uuid:f>\"", "",
         "sip:a@h;x=1", ";q=0.7;expires=3600;+sip.instance=\"<urn:uuid:f>\"", "", true},
        {"Contact: * <sip:h>", "*", "sip:h", "", "", true},
        {"Contact: sip:a@gw1.example.net;unknownparam", "", "sip:a@gw1.example.net",
         ";unknownparam", "", false}, /* RFC 4475 3.3.12 */
        {"Refer-To: <sip:b@h?Replaces=1%40h%3Bto-tag%3D1>", "",
         "sip:b@h?Replaces=1%40h%3Bto-tag%3D1", "", "", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        struct msg *m = given(&g, rows[i].line);
        const struct nameaddr *v = msg_typed(m, given_line(m));
        if (!v)
            fail_msg("%s: %s at %ld", rows[i].line, msg_error_name(m->errors[0].code),
                     given_fault(m));
        assert_true(str_equal(v->text, hdr_value(m, given_line(m))));
        assert_text(rows[i].line, v->display, rows[i].display);
        assert_text(rows[i].line, v->uri_text, rows[i].uri);
        assert_text(rows[i].line, v->uri.text, rows[i].uri);
        assert_text(rows[i].line, v->params.text, rows[i].params);
        assert_text(rows[i].line, v->tag, rows[i].tag);
        assert_int_equal(v->bracketed, rows[i].bracketed);
        assert_false(v->star);
    }
}

static void nameaddr_faults(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum msg_error_code code;
        long offset;
    } rows[] = {
        {"To: \"Mr. J. User <sip:j.user@example.com>", MSG_E_UNBALANCED_QUOTE,
         0}, /* RFC 4475 3.1.2.6 */
        {"To: \"Watson, Thomas\" < sip:t.watson@example.org >", MSG_E_BAD_URI_SCHEME,
         18}, /* 3.1.2.14 */
        {"From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43", MSG_E_BAD_DISPLAY_NAME,
         4},                                                                 /* 3.1.2.15 */
        {"Contact: sip:u@h?Route=%3Csip:h%3E", MSG_E_BRACKETS_NEEDED, 7},    /* 3.1.2.13 */
        {"Contact: \"Joe\" <sip:joe@example.org>;;;;", MSG_E_BAD_PARAM, 28}, /* 3.1.2.1 */
        {"Contact: *, <sip:h>", MSG_E_CONTACT_STAR, 1},
        {"Contact: *;expires=0", MSG_E_CONTACT_STAR, 1},
        {"Contact: <sip:h>, *", MSG_E_BAD_DISPLAY_NAME, 10},
        {"Contact: <sip:h>,", MSG_E_EMPTY_VALUE, 8},
        {"From: <sip:a@h>, <sip:b@h>", MSG_E_TRAILING_BYTES, 9},
        {"From: sip:a@h,sip:b@h", MSG_E_TRAILING_BYTES, 7},
        {"From: <sip:a@h", MSG_E_UNBALANCED_BRACKET, 8},
        {"From: <sip:a@h ;tag=x>", MSG_E_BAD_URI, 8},
        {"From: \"a\" sip:a@h", MSG_E_BAD_FROM, 4},
        {"From: a b", MSG_E_BAD_DISPLAY_NAME, 3},
        {"From: J\xc3\xb6rg <sip:h>", MSG_E_BAD_DISPLAY_NAME, 1},
        {"From: <sip:a@h>tag=x", MSG_E_TRAILING_BYTES, 9},
        {"Contact: <sip:a@h>;q=", MSG_E_BAD_PARAM, 12},
        {"From: <sip:a@h>;x=\"y", MSG_E_BAD_PARAM, 12},
        {"From: <sip:a@h>;tag", MSG_E_BAD_PARAM, 10},
        {"From: <sip:a@h>;tag=\"x\"", MSG_E_BAD_PARAM, 14},
        {"From: <sip:a@h>;tag=/", MSG_E_TRAILING_BYTES, 14},
        {"From: <sip:a@h>;x=a b", MSG_E_TRAILING_BYTES, 14},
        {"From: <>", MSG_E_BAD_URI_SCHEME, 1},
        {"From: <sip:a@h:0x>", MSG_E_BAD_URI, 10},
        {"From:", MSG_E_EMPTY_VALUE, 0},
        {"Route: sip:proxy;lr", MSG_E_BAD_ROUTE, 0},
        {"Record-Route: <sip:a;lr>, sip:b;lr", MSG_E_BAD_RECORD_ROUTE, 12},
        {"History-Info: sip:a", MSG_E_BAD_NAME_ADDR, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        struct msg *m = given(&g, rows[i].line);
        size_t space = m->space_len;
        if (msg_typed(m, given_line(m)))
            fail_msg("%s: taken", rows[i].line);
        assert_int_equal(m->n_errors, 1);
        assert_int_equal(m->space_len, space);
        if (m->errors[0].code != rows[i].code || given_fault(m) != rows[i].offset)
            fail_msg("%s: %s at %ld", rows[i].line, msg_error_name(m->errors[0].code),
                     given_fault(m));
    }
}

/* From and To with needless semicolons or an empty tag are met; a call is worth more than the
 * grammar. */
static void lenient_from_and_to(void **state)
{
    (void)state;
    static const struct {
        const char *line, *tag, *params;
    } rows[] = {
        {"From: sip:a@h;;tag=x", "x", ";;tag=x"},
        {"To: <sip:a@h>;tag=x;", "x", ";tag=x;"},
        {"To: <sip:a@h>;tag=", "", ";tag="},
        {"To: <sip:a@h>;tag= \t x", "x", ";tag= \t x"},
        {"To: <sip:a@h>;tag=;tag=y", "", ";tag=;tag=y"},
        {"To: <sip:a@h>;tag=x;tag=y", "x", ";tag=x;tag=y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        struct msg *m = given(&g, rows[i].line);
        const struct nameaddr *v = msg_typed(m, given_line(m));
        assert_non_null(v);
        assert_text(rows[i].line, v->tag, rows[i].tag);
        assert_text(rows[i].line, v->params.text, rows[i].params);
        struct str tag;
        assert_true(params_get(v->params, STR("tag"), &tag));
        assert_text(rows[i].line, tag, rows[i].tag);
    }
}

/* RFC 3261 10.2.2 */
static void contact_star(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, "m: *");
    const struct nameaddr *v = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    assert_true(v->star);
    assert_null(msg_nameaddr_next(m, HDR_CONTACT, v));
}

/* RFC 3261 7.3.1 */
static void values_of_all_lines(void **state)
{
    (void)state;
    struct given g;
    struct msg *m =
        given(&g, "Route: <sip:a;lr>,<sip:b>;x=\",\" , b<sip:c>\r\nTo: sip:t\r\nRoute: <sip:d>\r\n"
                  "Route: bad\r\nROUTE: <sip:e>");
    char seen[16];
    struct buf b;
    buf_init(&b, seen, sizeof seen);
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_ROUTE, v));)
        buf_put(&b, v->uri.host);
    assert_text("hosts", buf_str(&b), "abcde");
    assert_int_equal(m->n_errors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nameaddr_parts),      cmocka_unit_test(nameaddr_faults),
        cmocka_unit_test(lenient_from_and_to), cmocka_unit_test(contact_star),
        cmocka_unit_test(values_of_all_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
