/* The values of lines (RFC 8866 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static void test_origin(void **state)
{
    struct sdp_origin o;
    (void)state;
    assert_true(
        sdp_read_origin(STR("jdoe 3724394400 123456789012345678901 IN IP6 2001:db8::1"), &o));
    assert_true(str_equal(o.username, STR("jdoe")));
    assert_true(str_equal(o.version, STR("123456789012345678901")));
    assert_int_equal(o.place.addr.family, ADDR_IP6);
    assert_true(sdp_read_origin(STR("- 1 2 IN IP4 host.example.com"), &o));
    assert_int_equal(o.place.addr.family, ADDR_NONE);
    assert_false(sdp_read_origin(STR("- x 2 IN IP4 192.0.2.1"), &o));
    assert_false(sdp_read_origin(STR("- 1 2 IN IP4 192.0.2.1 more"), &o));
    assert_false(sdp_read_origin(STR("- 1 2 IN IP6 192.0.2.1"), &o));
}

static void test_connection(void **state)
{
    static const struct {
        struct str value;
        bool good;
        uint32_t ttl, count;
        enum addr_family family;
    } cases[] = {
        {STR_INIT("IN IP4 192.0.2.1"), true, 0, 1, ADDR_IP4},
        {STR_INIT("in ip4 192.0.2.1"), true, 0, 1, ADDR_IP4},
        {STR_INIT("IN IP4 233.252.0.1/127"), true, 127, 1, ADDR_IP4},
        {STR_INIT("IN IP4 233.252.0.1/127/3"), true, 127, 3, ADDR_IP4},
        {STR_INIT("IN IP6 ff00::db8:0:101/3"), true, 0, 3, ADDR_IP6},
        {STR_INIT("IN IP4 media.example.com"), true, 0, 1, ADDR_NONE},
        {STR_INIT("ATM NSAP 47.0091"), true, 0, 1, ADDR_NONE},
        {STR_INIT("IN IP4 192.0.2.1/127"), true, 127, 1, ADDR_IP4},
        {STR_INIT("IN IP4 233.252.0.1/256"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP4 233.252.0.1/127/0"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP4 233.252.0.1/"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP6 ff00::101/3/1"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP6 192.0.2.1"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP4"), false, 0, 0, ADDR_NONE},
        {STR_INIT("IN IP4 192.0.2.1 x"), false, 0, 0, ADDR_NONE},
    };
    struct sdp_connection c;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool good = sdp_read_connection(cases[i].value, &c);
        if (good != cases[i].good || (good && (c.ttl != cases[i].ttl || c.count != cases[i].count ||
                                               c.place.addr.family != cases[i].family)))
            fail_msg("%s", cases[i].value.at);
    }
}

static void test_media(void **state)
{
    struct sdp_media m;
    struct str format;
    (void)state;
    assert_true(sdp_read_media(STR("audio 49170/2 RTP/AVP 0 8  101"), &m));
    assert_true(str_equal(m.kind, STR("audio")) && str_equal(m.proto, STR("RTP/AVP")));
    assert_int_equal(m.port, 49170);
    assert_int_equal(m.n_ports, 2);
    assert_true(sdp_format_in(m.formats, STR("101")) && !sdp_format_in(m.formats, STR("10")));
    assert_true(sdp_format_next(&m.formats, &format) && str_equal(format, STR("0")));
    assert_true(sdp_read_media(STR("image 4000 udptl t38"), &m));
    assert_false(sdp_proto_is_rtp(m.proto));
    assert_true(sdp_proto_is_rtp(STR("UDP/TLS/RTP/SAVPF")));
    assert_true(sdp_read_media(STR("audio 70000 RTP/AVP 0"), &m) && m.beyond);
    assert_true(sdp_read_media(STR("audio 65535 RTP/AVP 0"), &m) && !m.beyond);
    assert_false(sdp_read_media(STR("audio 1/0 RTP/AVP 0"), &m));
    assert_false(sdp_read_media(STR("audio -1 RTP/AVP 0"), &m));
    assert_false(sdp_read_media(STR("audio 1 RTP/ 0"), &m));
}

static void test_payload_type(void **state)
{
    unsigned type;
    (void)state;
    assert_true(sdp_read_payload_type(STR("127"), &type) && type == 127);
    assert_true(sdp_read_payload_type(STR("0"), &type) && type == 0);
    assert_false(sdp_read_payload_type(STR("00"), &type));
    assert_false(sdp_read_payload_type(STR("128"), &type));
    assert_false(sdp_read_payload_type(STR(""), &type));
}

static void test_numbers(void **state)
{
    struct sdp_bandwidth b;
    struct sdp_time t;
    (void)state;
    assert_true(sdp_read_bandwidth(STR("X-YZ:128"), &b) && b.value == 128);
    assert_false(sdp_read_bandwidth(STR("AS"), &b));
    assert_false(sdp_read_bandwidth(STR("AS:1k"), &b));
    assert_true(sdp_read_time(STR("3724394400 3724398000"), &t) && t.stop == 3724398000);
    assert_false(sdp_read_time(STR("0"), &t));
    assert_true(sdp_is_repeat(STR("7d 1h 0 25h")));
    assert_false(sdp_is_repeat(STR("7w 1h 0")));
    assert_true(sdp_is_zone(STR("3730928400 -1h 3749680800 0")));
    assert_false(sdp_is_zone(STR("3730928400")));
    assert_true(sdp_is_key(STR("uri:https://example.com/key")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origin),  cmocka_unit_test(test_connection),
        cmocka_unit_test(test_media),   cmocka_unit_test(test_payload_type),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
