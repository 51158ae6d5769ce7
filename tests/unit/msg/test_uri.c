/* URIs as RFC 3261 19.1, 25.1 and RFC 3966 3 spell them, each legal form and each fault with its
 * place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/flow.h"
#include "msg/uri.h"

#define ABSENT "(absent)"

struct good {
    const char *text;
    enum uri_scheme scheme;
    const char *user, *password, *host;
    unsigned port;
    const char *params, *headers;
};

static void assert_part(const char *text, struct str got, const char *want)
{
    bool same = strcmp(want, ABSENT) == 0 ? got.at == NULL : str_equal(got, str_from(want));
    if (!same)
        fail_msg("%s: \"%.*s\", wanted \"%s\"", text, STR_ARG(got), want);
}

static void uri_parts(void **state)
{
    (void)state;
    static const struct good goods[] = {
        {"sip:alice@atlanta.com", URI_SIP, "alice", ABSENT, "atlanta.com", 0, "", ""},
        {"sip:alice:secretword@atlanta.com;transport=tcp", URI_SIP, "alice", "secretword",
         "atlanta.com", 0, ";transport=tcp", ""},
        {"sips:alice@atlanta.com?subject=project%20x&priority=urgent", URI_SIPS, "alice", ABSENT,
         "atlanta.com", 0, "", "?subject=project%20x&priority=urgent"},
        {"sip:+1-212-555-1212:1234@gateway.com;user=phone", URI_SIP, "+1-212-555-1212", "1234",
         "gateway.com", 0, ";user=phone", ""},
        {"sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", URI_SIP, ABSENT, ABSENT,
         "atlanta.com", 0, ";method=REGISTER", "?to=alice%40atlanta.com"},
        {"sip:alice;day=tuesday@atlanta.com", URI_SIP, "alice;day=tuesday", ABSENT, "atlanta.com",
         0, "", ""},
        {"sip:a;b?c/d&e=f+g$h,i@x.y", URI_SIP, "a;b?c/d&e=f+g$h,i", ABSENT, "x.y", 0, "", ""},
        {"sip:a:@x.y", URI_SIP, "a", "", "x.y", 0, "", ""},
        {"SIP:A@X.Y:1", URI_SIP, "A", ABSENT, "X.Y", 1, "", ""},
        {"sIpS:x.y", URI_SIPS, ABSENT, ABSENT, "x.y", 0, "", ""},
        {"sip:192.0.2.1:65535;lr", URI_SIP, ABSENT, ABSENT, "192.0.2.1", 65535, ";lr", ""},
        {"sip:localhost:0", URI_SIP, ABSENT, ABSENT, "localhost", 0, "", ""},
        {"sip:[2001:db8::10]:5070", URI_SIP, ABSENT, ABSENT, "[2001:db8::10]", 5070, "", ""},
        {"sip:[2001:db8::10:5070]", URI_SIP, ABSENT, ABSENT, "[2001:db8::10:5070]", 0, "", ""},
        {"sip:[::ffff:192.0.2.10]", URI_SIP, ABSENT, ABSENT, "[::ffff:192.0.2.10]", 0, "", ""},
        {"sip:[2001:db8:::192.0.2.1]", URI_SIP, ABSENT, ABSENT, "[2001:db8:::192.0.2.1]", 0, "",
         ""},
        {"sip:[::]", URI_SIP, ABSENT, ABSENT, "[::]", 0, "", ""},
        {"sip:[1:2:3:4:5:6:7:8]", URI_SIP, ABSENT, ABSENT, "[1:2:3:4:5:6:7:8]", 0, "", ""},
        {"sip:a@a-b.c1.", URI_SIP, "a", ABSENT, "a-b.c1.", 0, "", ""},
        {"sip:a@1x.y", URI_SIP, "a", ABSENT, "1x.y", 0, "", ""},
        {"sip:a@h.1x-2-y.z9:1", URI_SIP, "a", ABSENT, "h.1x-2-y.z9", 1, "", ""},
        {"sip:a@_h.b_c.d--e;lr", URI_SIP, "a", ABSENT, "_h.b_c.d--e", 0, ";lr", ""},
        {"sip:255.255.255.255", URI_SIP, ABSENT, ABSENT, "255.255.255.255", 0, "", ""},
        {"sip:1.22.255.4;transport=udp", URI_SIP, ABSENT, ABSENT, "1.22.255.4", 0, ";transport=udp",
         ""},
        {"sip:%00@h", URI_SIP, "%00", ABSENT, "h", 0, "", ""},
        {"sip:h;n%61me=v%61lue%25;x=[a]/:&+$;%6C%72", URI_SIP, ABSENT, ABSENT, "h", 0,
         ";n%61me=v%61lue%25;x=[a]/:&+$;%6C%72", ""},
        {"sip:h?a=", URI_SIP, ABSENT, ABSENT, "h", 0, "", "?a="},
        {"sips:user%3Auser%40example.com@example.net", URI_SIPS, "user%3Auser%40example.com",
         ABSENT, "example.net", 0, "", ""},
        {"tel:+1-201-555-0123", URI_TEL, "+1-201-555-0123", ABSENT, ABSENT, 0, "", ""},
        {"tel:7042;phone-context=example.com", URI_TEL, "7042", ABSENT, ABSENT, 0,
         ";phone-context=example.com", ""},
        {"TEL:*#06#", URI_TEL, "*#06#", ABSENT, ABSENT, 0, "", ""},
        {"tel:(0)A.b", URI_TEL, "(0)A.b", ABSENT, ABSENT, 0, "", ""},
        {"tel:911", URI_TEL, "911", ABSENT, ABSENT, 0, "", ""},
        {"urn:service:sos", URI_OTHER, ABSENT, ABSENT, ABSENT, 0, "", ""},
        {"http://[2001:db8::1]/a?b;c=d#e", URI_OTHER, ABSENT, ABSENT, ABSENT, 0, "", ""},
        {"soap.beep://192.0.2.103:3002", URI_OTHER, ABSENT, ABSENT, ABSENT, 0, "", ""},
    };
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        const struct good *g = &goods[i];
        struct uri u;
        struct msg_error err;
        if (!uri_parse(str_from(g->text), &u, &err))
            fail_msg("%s: %s at %u", g->text, msg_error_name(err.code), err.offset);
        assert_int_equal(u.scheme, g->scheme);
        assert_part(g->text, u.text, g->text);
        assert_part(g->text, u.user, g->user);
        assert_part(g->text, u.password, g->password);
        assert_part(g->text, u.host, g->host);
        assert_int_equal(u.port, g->port);
        assert_part(g->text, u.params, g->params);
        assert_part(g->text, u.headers, g->headers);
    }
}

struct bad {
    const char *text;
    enum msg_error_code code;
    unsigned offset;
};

static void uri_faults(void **state)
{
    (void)state;
    static const struct bad bads[] = {
        {"", MSG_E_BAD_URI_SCHEME, 0},
        {NULL, MSG_E_BAD_URI_SCHEME, 0}, /* no text at all */
        {"1a:b", MSG_E_BAD_URI_SCHEME, 0},
        {"sip", MSG_E_BAD_URI_SCHEME, 3},
        {"<sip:a@b>", MSG_E_BAD_URI_SCHEME, 0},
        {"s ip:a@b", MSG_E_BAD_URI_SCHEME, 1},
        {"sip:", MSG_E_BAD_URI_HOST, 4},
        {"sip:@h", MSG_E_BAD_URI_USER, 4},
        {"sip::x@h", MSG_E_BAD_URI_USER, 4},
        {"sip:a@", MSG_E_BAD_URI_HOST, 6},
        {"sip:a b@h", MSG_E_BAD_URI, 5},
        {"sip:a@h ", MSG_E_BAD_URI, 7},
        {"sip:a@h; lr", MSG_E_BAD_URI_PARAM, 8},
        {"sip:a%4@h", MSG_E_BAD_URI_ESCAPE, 5},
        {"sip:a%", MSG_E_BAD_URI_ESCAPE, 5},
        {"sip:a:%zz@h", MSG_E_BAD_URI_ESCAPE, 6},
        {"sip:a@h;x=%q1", MSG_E_BAD_URI_ESCAPE, 10},
        {"sip:a@h;x%q1", MSG_E_BAD_URI_ESCAPE, 9},
        {"sip:a@h?x=%q1", MSG_E_BAD_URI_ESCAPE, 10},
        {"sip:a@h?x%q1=1", MSG_E_BAD_URI_ESCAPE, 9},
        {"sip:a@h..x", MSG_E_BAD_URI_HOST, 8},
        {"sip:a@-h", MSG_E_BAD_URI_HOST, 8},
        {"sip:a@h-.x", MSG_E_BAD_URI_HOST, 8},
        {"sip:a@x.1y.2", MSG_E_BAD_URI_HOST, 12},
        {"sip:a@192.0.2.256", MSG_E_BAD_URI_HOST, 17},
        {"sip:a@192.0.2", MSG_E_BAD_URI_HOST, 13},
        {"sip:a@192.0.2;transport=udp", MSG_E_BAD_URI_HOST, 13},
        {"sip:a@1.2.3.4.5;transport=udp", MSG_E_BAD_URI_HOST, 15},
        {"sip:a@192.0.2.1234;transport=udp", MSG_E_BAD_URI_HOST, 18},
        {"sip:a@h.-x;transport=udp", MSG_E_BAD_URI_HOST, 10},
        {"sip:a@h.x-;transport=udp", MSG_E_BAD_URI_HOST, 10},
        {"sip:a@.h", MSG_E_BAD_URI_HOST, 6},
        {"sip:2001:db8::10", MSG_E_BAD_URI_HOST, 8},
        {"sip:[2001:db8::10", MSG_E_BAD_URI_HOST, 17},
        {"sip:[1::2::3]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[12345::]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[1:2:3:4:5:6:7]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[1:2:3:4:5:6:7:8:9]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[:1]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[1:]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[]", MSG_E_BAD_URI_HOST, 4},
        {"sip:[::1.2.3]", MSG_E_BAD_URI_HOST, 4},
        {"sip:h:", MSG_E_BAD_URI_PORT, 6},
        {"sip:h:x", MSG_E_BAD_URI_PORT, 6},
        {"sip:h:65536", MSG_E_BAD_URI_PORT, 6},
        {"sip:h:99999999999999999999", MSG_E_BAD_URI_PORT, 6},
        {"sip:h;", MSG_E_BAD_URI_PARAM, 6},
        {"sip:h;;lr", MSG_E_BAD_URI_PARAM, 6},
        {"sip:h;a=", MSG_E_BAD_URI_PARAM, 8},
        {"sip:h;a=b=c", MSG_E_BAD_URI, 9},
        {"sip:h?", MSG_E_BAD_URI_HEADERS, 6},
        {"sip:h?a", MSG_E_BAD_URI_HEADERS, 7},
        {"sip:h?a=b&", MSG_E_BAD_URI_HEADERS, 10},
        {"sip:a@h>", MSG_E_BAD_URI, 7},
        {"sip:\x01@h", MSG_E_BAD_URI_HOST, 4},
        {"sip:j\xc3\xb6rg@h", MSG_E_BAD_URI, 5},
        {"tel:", MSG_E_BAD_TEL, 4},
        {"tel:+", MSG_E_BAD_TEL, 5},
        {"tel:+a", MSG_E_BAD_TEL, 5},
        {"tel:-.", MSG_E_BAD_TEL, 6},
        {"tel:1 2", MSG_E_BAD_URI, 5},
        {"tel:+1?a=b", MSG_E_BAD_URI, 6},
        {"tel:1;", MSG_E_BAD_URI_PARAM, 6},
        /* RFC 3966 3 context */
        {"tel:1;phone-context", MSG_E_BAD_URI_PARAM, 19},
        {"tel:1;x;Phone-Cont%65xt;phone-context=a.b", MSG_E_BAD_URI_PARAM, 23},
        {"urn:", MSG_E_BAD_URI, 4},
        {"urn:a b", MSG_E_BAD_URI, 5},
        {"urn:a%1", MSG_E_BAD_URI_ESCAPE, 5},
    };
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        struct uri u;
        struct msg_error err;
        if (uri_parse(str_from(bads[i].text), &u, &err))
            fail_msg("%s: taken", bads[i].text);
        if (err.code != bads[i].code || err.offset != bads[i].offset)
            fail_msg("%s: %s at %u, wanted %s at %u", bads[i].text, msg_error_name(err.code),
                     err.offset, msg_error_name(bads[i].code), bads[i].offset);
    }
}

static struct uri read(const char *text)
{
    struct uri u;
    struct msg_error err;
    if (!uri_parse(str_from(text), &u, &err))
        fail_msg("%s: %s at %u", text, msg_error_name(err.code), err.offset);
    return u;
}

/* RFC 3261 19.1.1: names in any case; RFC 4475 3.1.1.3: escapes in them count for the byte. */
static void uri_params_are_found(void **state)
{
    (void)state;
    struct uri u = read("sip:h;Transport=TCP;%6C%72;maddr=192.0.2.1");
    struct str v;
    assert_true(uri_param(&u, STR("transport"), &v));
    assert_true(str_equal(v, STR("TCP")));
    assert_true(uri_param(&u, STR("lr"), &v));
    assert_null(v.at);
    assert_true(uri_has_param(&u, STR("MADDR")));
    assert_false(uri_has_param(&u, STR("madd")));
    assert_false(uri_has_param(&u, STR("ttl")));
}

/* RFC 3261 19.1.1: headers of the request that the URI is for, as they stand, in their order */
static void uri_headers_are_told(void **state)
{
    (void)state;
    struct uri u = read("sip:h;x=y?subject=project%20x&priority=&Subject=b"),
               none = read("sip:h;x=y");
    static const char *const want[][2] = {
        {"subject", "project%20x"}, {"priority", ""}, {"Subject", "b"}};
    struct str name, value;
    size_t at = 0, n = 0;
    for (; uri_header_next(&u, &at, &name, &value); n++) {
        assert_true(n < 3);
        assert_true(str_equal(name, str_from(want[n][0])));
        assert_true(str_equal(value, str_from(want[n][1])));
    }
    assert_int_equal(n, 3);
    at = 0;
    assert_false(uri_header_next(&none, &at, &name, &value));
}

static void uri_transport_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned transport;
        unsigned port;
    } rows[] = {
        {"sip:h", TRANSPORT_NONE, 5060},
        {"sips:h", TRANSPORT_NONE, 5061},
        {"sip:h:5070;transport=udp", TRANSPORT_UDP, 5070},
        {"sip:h;transport=TcP", TRANSPORT_TCP, 5060},
        {"sip:h;transport=carrier-pigeon", 255, 5060},
        {"sip:h;transport", 255, 5060},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct uri u = read(rows[i].text);
        assert_int_equal(uri_transport(&u), rows[i].transport);
        assert_int_equal(uri_port(&u), rows[i].port);
    }
}

static void uri_host_as_address(void **state)
{
    (void)state;
    static const struct {
        const char *text, *addr; /* NULL: a name */
    } rows[] = {
        {"sip:192.0.2.1", "192.0.2.1"},
        {"sip:[2001:DB8::1]:5060", "2001:db8::1"},
        {"sip:[2001:db8:::192.0.2.1]", "2001:db8::c000:201"}, /* RFC 5118 4.10 */
        {"sip:[::1]", "::1"},
        {"sip:h", NULL},
        {"sip:1.example.com", NULL},
        {"tel:+1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct uri u = read(rows[i].text);
        struct addr a = {0}, want = {0};
        assert_int_equal(uri_host_addr(&u, &a), rows[i].addr != NULL);
        if (rows[i].addr) {
            assert_true(addr_parse_ip(str_from(rows[i].addr), &want));
            assert_true(addr_equal_ip(&a, &want));
        }
    }
}

/* RFC 3261 10.3 step 5: one spelling for each address-of-record. */
static void uri_aor(void **state)
{
    (void)state;
    static const struct {
        const char *text, *aor;
    } rows[] = {
        {"sip:alice@Atlanta.COM", "sip:alice@atlanta.com"},
        {"SIPS:%61lice:pw@atlanta.com:5061;user=phone?a=b", "sip:alice@atlanta.com"},
        {"sip:Alice@atlanta.com:5060", "sip:Alice@atlanta.com"},
        {"sip:alice@atlanta.com:5070", "sip:alice@atlanta.com:5070"},
        {"sips:alice@atlanta.com:5060", "sip:alice@atlanta.com"}, /* a fixed point */
        {"sip:alice@atlanta.com:5061", "sip:alice@atlanta.com:5061"},
        {"sip:a%20b%3b%c3%a9@h", "sip:a%20b;%C3%A9@h"},
        {"sip:%00%40@h", "sip:%00%40@h"},
        {"sip:h", "sip:h"},
        {"sip:a@[2001:DB8:0::1]", "sip:a@[2001:db8::1]"},
        {"tel:+1-201.555", "tel:+1201555"},
        {"tel:7042;phone-context=Example.com;x=y", "tel:7042;phone-context=example.com"},
        {"urn:Service:sos", "urn:Service:sos"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct buf b;
        struct uri u = read(rows[i].text);
        buf_init(&b, text, sizeof text);
        uri_print_aor(&b, &u);
        if (!str_equal(buf_str(&b), str_from(rows[i].aor)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(buf_str(&b)));
        buf_init(&b, text, 4);
        uri_print_aor(&b, &u);
        assert_true(b.over);
    }
}

static void escapes_undone_once(void **state)
{
    (void)state;
    char text[64];
    struct buf b;
    buf_init(&b, text, sizeof text);
    uri_unescape(&b, STR("v%61lue%25%34%31%"));
    assert_true(str_equal(buf_str(&b), STR("value%41%")));
    buf_init(&b, text, sizeof text);
    uri_unescape(&b, STR_NONE);
    assert_int_equal(b.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uri_parts),
        cmocka_unit_test(uri_faults),
        cmocka_unit_test(uri_params_are_found),
        cmocka_unit_test(uri_headers_are_told),
        cmocka_unit_test(uri_transport_and_port),
        cmocka_unit_test(uri_host_as_address),
        cmocka_unit_test(uri_aor),
        cmocka_unit_test(escapes_undone_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
