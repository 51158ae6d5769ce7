/* Via as RFC 3261 20.42, RFC 3581 and RFC 5118 have it. */
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

static void via_parts(void **state)
{
    (void)state;
    static const struct {
        const char *value, *name, *host;
        unsigned transport, port;
        const char *branch, *received;
        int rport; /* -1: none */
        const char *params;
    } rows[] = {
        {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK87asdks7", "UDP", "192.0.2.1", TRANSPORT_UDP,
         5060, "z9hG4bK87asdks7", "", -1, ";branch=z9hG4bK87asdks7"},
        {"SIP/2.0/tcp h", "tcp", "h", TRANSPORT_TCP, 0, "", "", -1, ""},
        /* 20.42: white space around slashes and the colon */
        {"SIP / 2.0 / UDP first.example.com : 4000 ; ttl = 16 ;maddr=224.2.0.1 ;branch "
         "=z9hG4bKa7c6a8dlze.1",
         "UDP", "first.example.com", TRANSPORT_UDP, 4000, "z9hG4bKa7c6a8dlze.1", "", -1,
         "; ttl = 16 ;maddr=224.2.0.1 ;branch =z9hG4bKa7c6a8dlze.1"},
        {"SIP\r\n /2.0\r\n\t/TLS\r\n h\r\n ;branch\r\n =x", "TLS", "h", TRANSPORT_TLS, 0, "x", "",
         -1, ";branch\r\n =x"},
        {"SIP/2.0/UDP h;branch= \r\n x;branchless=y", "UDP", "h", TRANSPORT_UDP, 0, "x", "", -1,
         ";branch= \r\n x;branchless=y"},
        {"SIP/2.0/UNKNOWN t5.example.com;branch=x", "UNKNOWN", "t5.example.com", TRANSPORT_NONE, 0,
         "x", "", -1, ";branch=x"},
        {"SIP/2.0/ UDP h", "UDP", "h", TRANSPORT_UDP, 0, "", "", -1, ""},
        {"SIP/2.0/SCTP h", "SCTP", "h", TRANSPORT_SCTP, 0, "", "", -1, ""},
        {"SIP/2.0/WSS h.invalid;branch=x", "WSS", "h.invalid", TRANSPORT_WSS, 0, "x", "", -1,
         ";branch=x"},
        {"SIP/2.0/UDP [2001:db8::9:1]:5061;received=[2001:db8::9:255];branch=x", "UDP",
         "[2001:db8::9:1]", TRANSPORT_UDP, 5061, "x", "2001:db8::9:255", -1,
         ";received=[2001:db8::9:255];branch=x"},
        {"SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255", "UDP", "[2001:db8::9:1]",
         TRANSPORT_UDP, 0, "", "2001:db8::9:255", -1, ";received=2001:db8::9:255"},
        {"SIP/2.0/UDP h;rport;branch=x", "UDP", "h", TRANSPORT_UDP, 0, "x", "", 0,
         ";rport;branch=x"},
        {"SIP/2.0/UDP h;RPORT=5060;Received=192.0.2.1;BRANCH=x", "UDP", "h", TRANSPORT_UDP, 0, "x",
         "192.0.2.1", 5060, ";RPORT=5060;Received=192.0.2.1;BRANCH=x"},
        {"SIP/2.0/UDP h;hidden;x=\"a;b,c\";branch=y", "UDP", "h", TRANSPORT_UDP, 0, "y", "", -1,
         ";hidden;x=\"a;b,c\";branch=y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        char line[512];
        struct buf b;
        buf_init(&b, line, sizeof line);
        buf_put_lit(&b, "Via: ");
        buf_put(&b, str_from(rows[i].value));
        buf_put_char(&b, '\0');
        struct msg *m = given(&g, line);
        struct via *v = msg_via(m);
        if (!v)
            fail_msg("%s: %s at %ld", rows[i].value, msg_error_name(m->errors[0].code),
                     given_fault(m));
        assert_text("text", v->text, rows[i].value);
        assert_text("transport", v->transport_name, rows[i].name);
        assert_int_equal(v->transport, rows[i].transport);
        assert_text("host", v->host, rows[i].host);
        assert_int_equal(v->port, rows[i].port);
        assert_text("branch", v->branch, rows[i].branch);
        assert_text("received", v->received, rows[i].received);
        assert_int_equal(v->has_rport ? v->rport : -1, rows[i].rport);
        assert_text("params", v->params.text, rows[i].params);
        assert_null(v->next);
        assert_null(msg_via_next(m, v));
    }
}

static void via_faults(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum msg_error_code code;
        long offset;
    } rows[] = {
        {"Via: SIP/2.0/UDP 192.0.2.15;;,;,,", MSG_E_BAD_VIA, 23}, /* RFC 4475 3.1.2.1 */
        {"Via: SIP/2.0/UDP", MSG_E_BAD_VIA, 11},
        {"Via: SIP/2.0 UDP h", MSG_E_BAD_VIA, 8},
        {"Via: SIP/2.0/ h", MSG_E_BAD_VIA, 10},
        {"Via: SIP/2.0/;branch=z9hG4bK1", MSG_E_BAD_VIA, 8},
        {"Via: h", MSG_E_BAD_VIA, 1},
        {"Via: SIP/2.0/UDP h:", MSG_E_BAD_VIA, 14},
        {"Via: SIP/2.0/UDP h:65536", MSG_E_BAD_VIA, 14},
        {"Via: SIP/2.0/UDP 2001:db8::1", MSG_E_BAD_VIA, 16},
        {"Via: SIP/2.0/UDP h x", MSG_E_TRAILING_BYTES, 14},
        {"Via: SIP/2.0/UDP h;branch=", MSG_E_BAD_VIA, 21},
        {"Via: SIP/2.0/UDP h;branch", MSG_E_BAD_VIA, 14},
        {"Via: SIP/2.0/UDP h;branch=;x", MSG_E_BAD_VIA, 21},
        {"Via: SIP/2.0/UDP h;branch=\"a", MSG_E_BAD_VIA, 21},
        {"Via: SIP/2.0/UDP h;branch=a;branch=b", MSG_E_BAD_VIA, 30},
        {"Via: SIP/2.0/UDP h;rport=x", MSG_E_BAD_VIA, 20},
        {"Via: SIP/2.0/UDP h;rport=70000", MSG_E_BAD_VIA, 20},
        {"Via: SIP/2.0/UDP h;received", MSG_E_BAD_VIA, 14},
        {"Via: SIP/2.0/UDP h,", MSG_E_BAD_VIA, 14},
        {"Via: SIP/2.0/UDP h, , SIP/2.0/UDP i", MSG_E_BAD_VIA, 15},
        {"Via: SIP/2.0/UDP h;a=\"b", MSG_E_BAD_VIA, 16},
        {"Via:", MSG_E_EMPTY_VALUE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        struct msg *m = given(&g, rows[i].line);
        assert_null(msg_via(m));
        assert_null(msg_via(m));
        assert_int_equal(m->n_errors, 1);
        assert_int_equal(m->errors[0].header, HDR_VIA);
        assert_true(given_line(m)->bad);
        if (m->errors[0].code != rows[i].code || given_fault(m) != rows[i].offset)
            fail_msg("%s: %s at %ld", rows[i].line, msg_error_name(m->errors[0].code),
                     given_fault(m));
    }
}

/* 7.3.1: commas and lines mean the same; a line is decoded when it is asked for. */
static void via_lists(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(
        &g, "Via: SIP/2.0/UDP a , SIP/2.0/TCP b\r\nv: SIP/2.0/TLS c\r\nSubject: x\r\nVIA: bad");
    struct via *v = msg_via(m);
    assert_text("first", v->host, "a");
    v = msg_via_next(m, v);
    assert_text("second", v->host, "b");
    assert_null(m->headers[1].typed);
    v = msg_via_next(m, v);
    assert_text("third", v->host, "c");
    assert_int_equal(m->n_errors, 0);
    assert_null(msg_via_next(m, v));
    assert_int_equal(m->n_errors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(via_parts),
        cmocka_unit_test(via_faults),
        cmocka_unit_test(via_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
