/* The head of a response, and what the receiver writes into Via. RFC 3261 8.2.6.2, 18.2.1, RFC 3581
 * 4, RFC 5118 4.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "msg/print.h"
#include "testdata.h"

#define REST                                  \
    "From: <sip:alice@example.com>;tag=1\r\n" \
    "To: Bob <sip:bob@example.com>\r\n"       \
    "Call-ID: 1@192.0.2.1\r\n"                \
    "CSeq: 7 INVITE\r\n"
#define REST_TAGGED                              \
    "From: <sip:alice@example.com>;tag=1\r\n"    \
    "To: Bob <sip:bob@example.com>;tag=mine\r\n" \
    "Call-ID: 1@192.0.2.1\r\n"                   \
    "CSeq: 7 INVITE\r\n"

static struct test_msg t;

static const struct {
    const char *source, *via, *want;
} vias[] = {
    /* RFC 3261 18.2.1: sent-by is the source's address: nothing to add, whatever the port */
    {"192.0.2.1:5060", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"},
    {"192.0.2.1:9", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1"},
    {"192.0.2.9:9", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.9"},
    /* RFC 3261 8.2.6.2: what the receiver does not set stays as it is, white space and all */
    {"192.0.2.9:9", "SIP/2.0/UDP host.example.com:5070 ; branch=z9hG4bK1",
     "SIP/2.0/UDP host.example.com:5070 ; branch=z9hG4bK1;received=192.0.2.9"},
    {"192.0.2.9:9",
     "SIP / 2.0 / UDP host.example.com ;x=\"y;rport\" ; RPORT ; Received=1.2.3.4 ; z",
     "SIP / 2.0 / UDP host.example.com ;x=\"y;rport\";z;received=192.0.2.9;rport=9"},
    {"192.0.2.9:9", "SIP/2.0/UDP\r\n\thost.example.com;x=\"y\r\n z\";rport;a=\"b\r\n\tc\"",
     "SIP/2.0/UDP host.example.com;x=\"y z\";a=\"b c\";received=192.0.2.9;rport=9"},
    {"192.0.2.9:9", "SIP/2.0/UDP host.example.com",
     "SIP/2.0/UDP host.example.com;received=192.0.2.9"},
    /* RFC 3581 4: rport is filled, and received added even where it is the same */
    {"192.0.2.1:1234", "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.1;rport=1234"},
    /* what the sender put there is not believed */
    {"192.0.2.9:9", "SIP/2.0/UDP 192.0.2.1;received=203.0.113.5;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.9"},
    {"192.0.2.9:9", "SIP/2.0/UDP 192.0.2.1;rport=77;branch=z9hG4bK1",
     "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.9;rport=9"},
    /* RFC 5118 4.5: no brackets in received; addresses compare as addresses */
    {"[2001:db8::9]:9", "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1;x=\"a;b\"",
     "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1;x=\"a;b\";received=2001:db8::9"},
    {"[2001:db8::9]:9", "SIP/2.0/TCP [2001:DB8:0:0::9];branch=z9hG4bK1",
     "SIP/2.0/TCP [2001:DB8:0:0::9];branch=z9hG4bK1"},
    /* the others stay, folded or not */
    {"192.0.2.9:9", "SIP/2.0/UDP a.example;branch=z9hG4bK1,\r\n SIP/2.0/UDP b.example;rport",
     "SIP/2.0/UDP a.example;branch=z9hG4bK1;received=192.0.2.9, SIP/2.0/UDP b.example;rport"},
    /* RFC 4475 3.1.2.1: a malformed one goes back as it came */
    {"192.0.2.9:9", "SIP/2.0/UDP 192.0.2.15;;,;,,", "SIP/2.0/UDP 192.0.2.15;;,;,,"},
};

static void put_request(struct buf *b, const char *via, const char *more)
{
    buf_put_lit(b, "INVITE sip:bob@example.com SIP/2.0\r\nv: ");
    buf_put(b, str_from(via));
    buf_put_lit(b, "\r\n" REST);
    buf_put(b, str_from(more));
    buf_put_lit(b, "\r\n");
}

static void parse_request(const char *source, const char *via, const char *more)
{
    char text[1024];
    struct buf b;
    buf_init(&b, text, sizeof text);
    put_request(&b, via, more);
    test_parse(&t, buf_str(&b), MSG_DATAGRAM);
    assert_true(addr_parse(str_from(source), &t.m.flow.remote));
}

static void assert_head(unsigned status, const char *tag, bool routes, const char *want)
{
    char out[2048];
    struct buf b;
    buf_init(&b, out, sizeof out);
    msg_print_response_head(&b, &t.m, status, status_reason(status), str_from(tag), routes);
    assert_false(b.over);
    if (!str_equal(buf_str(&b), str_from(want)))
        fail_msg("\n%.*s\nwanted\n%s", STR_ARG(buf_str(&b)), want);
}

static void received_and_rport(void **state)
{
    (void)state;
    char want[1024];
    struct buf b;
    for (size_t i = 0; i < sizeof vias / sizeof *vias; i++) {
        parse_request(vias[i].source, vias[i].via, "");
        buf_init(&b, want, sizeof want);
        buf_put_lit(&b, "SIP/2.0 200 OK\r\nVia: ");
        buf_put(&b, str_from(vias[i].want));
        buf_put_lit(&b, "\r\n" REST_TAGGED);
        buf_put_char(&b, '\0');
        assert_head(200, "mine", false, want);
    }
}

#define VIA_1 "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"
#define MORE                                                                                  \
    "Via: SIP/2.0/UDP b.example\r\nRecord-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\nTimestamp: " \
    "54\r\n"                                                                                  \
    "Record-Route: <sip:p3;lr>\r\nSubject: no\r\n"
#define VIAS "Via: " VIA_1 "\r\nVia: SIP/2.0/UDP b.example\r\n"

static void headers(void **state)
{
    (void)state;
    parse_request("192.0.2.1:5060", VIA_1, MORE);
    assert_head(180, "mine", true,
                "SIP/2.0 180 Ringing\r\n" VIAS "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
                "Record-Route: <sip:p3;lr>\r\n" REST_TAGGED);
    /* RFC 3261 8.2.6.1: Timestamp in a 100 alone; 8.2.6.2: a 100 needs no tag */
    assert_head(100, "", false, "SIP/2.0 100 Trying\r\n" VIAS REST "Timestamp: 54\r\n");
}

/* RFC 3261 8.2.6.2: a tag that is there stays alone */
static void tag_is_kept(void **state)
{
    (void)state;
    test_parse(&t, STR("BYE sip:b SIP/2.0\r\nVia: " VIA_1 "\r\nTo: sip:b;tag=theirs\r\n\r\n"),
               MSG_DATAGRAM);
    assert_head(481, "mine", false,
                "SIP/2.0 481 Call/Transaction Does Not Exist\r\nVia: " VIA_1
                "\r\nTo: sip:b;tag=theirs\r\n");
    test_parse(&t, STR("BYE sip:b SIP/2.0\r\nTo: sip:b\r\n\r\n"), MSG_DATAGRAM);
    assert_head(400, "mine", false, "SIP/2.0 400 Bad Request\r\nTo: sip:b;tag=mine\r\n");
    test_parse(&t, STR("BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=;x\r\n\r\n"), MSG_DATAGRAM);
    assert_head(400, "mine", false, "SIP/2.0 400 Bad Request\r\nTo: <sip:b>;tag=mine;x\r\n");
    test_parse(&t, STR("BYE sip:b SIP/2.0\r\nTo: \"x <sip:b>\r\n\r\n"), MSG_DATAGRAM);
    assert_head(400, "mine", false, "SIP/2.0 400 Bad Request\r\nTo: \"x <sip:b>\r\n");
}

/* RFC 3261 8.2.6.2: what the request has not, the response has not */
static void nothing_is_made_up(void **state)
{
    (void)state;
    test_parse(&t, STR("BYE sip:b SIP/2.0\r\nCall-ID: 1\r\n\r\n"), MSG_DATAGRAM);
    assert_head(400, "mine", false, "SIP/2.0 400 Bad Request\r\nCall-ID: 1\r\n");
}

/* RFC 6223 4.4: who offers keep-alives is told how often; a value that is there is not changed */
static void keep_is_answered(void **state)
{
    (void)state;
    static const struct {
        const char *via, *want;
        uint16_t keep_s;
    } rows[] = {
        {VIA_1 ";keep", VIA_1 ";keep=30", 30}, {VIA_1 ";KEEP;x", VIA_1 ";KEEP=30;x", 30},
        {VIA_1 ";keep", VIA_1 ";keep", 0},     {VIA_1 ";keep=5;x", VIA_1 ";keep=5;x", 30},
        {VIA_1 ";x", VIA_1 ";x", 30},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char want[1024];
        parse_request("192.0.2.1:5060", rows[i].via, "");
        t.m.keep_s = rows[i].keep_s;
        snprintf(want, sizeof want, "SIP/2.0 200 OK\r\nVia: %s\r\n%s", rows[i].want, REST_TAGGED);
        assert_head(200, "mine", false, want);
    }
}

static void own_via(void **state)
{
    (void)state;
    char out[128];
    struct buf b;
    buf_init(&b, out, sizeof out);
    print_via(&b, TRANSPORT_TLS, STR("[2001:db8::1]"), 5061, STR("z9hG4bKx"));
    assert_true(str_equal(buf_str(&b), STR("SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKx")));
    buf_init(&b, out, sizeof out);
    print_via(&b, TRANSPORT_UDP, STR("192.0.2.1"), 0, STR("z9hG4bKx"));
    assert_true(str_equal(buf_str(&b), STR("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx")));
}

static void transports(void **state)
{
    (void)state;
    for (unsigned i = TRANSPORT_UDP; i <= TRANSPORT_SCTP; i++)
        assert_int_equal(transport_of(str_from(transport_name(i))), i);
    assert_int_equal(transport_of(STR("wss")), TRANSPORT_WSS);
    assert_int_equal(transport_of(STR("")), TRANSPORT_NONE);
    assert_int_equal(transport_of(STR("UNKNOWN")), TRANSPORT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(received_and_rport), cmocka_unit_test(headers),
        cmocka_unit_test(tag_is_kept),        cmocka_unit_test(own_via),
        cmocka_unit_test(transports),         cmocka_unit_test(nothing_is_made_up),
        cmocka_unit_test(keep_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
