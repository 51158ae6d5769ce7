/* HEP, each of its versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/hep.h"
#include "rig.h"

static void test_round_trip(void **state)
{
    char at[1000];
    struct buf b;
    struct hep out, in = {.at = 1700000000123456000,
                          .from = wire_addr("192.0.2.1:5060"),
                          .to = wire_addr("192.0.2.2:5070"),
                          .transport = TRANSPORT_TCP,
                          .kind = HEP_SIP,
                          .node = 2001,
                          .key = STR("secret"),
                          .call_id = STR("1@192.0.2.1"),
                          .payload = STR(MESSAGE)};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        buf_init(&b, at, sizeof at);
        hep_print(&b, &in);
        assert_false(b.over);
        assert_true(b.len <= in.payload.len + in.key.len + in.call_id.len + HEP_AROUND);
        assert_true(hep_parse(buf_str(&b), &out));
        assert_int_equal(out.at, in.at);
        assert_true(addr_equal(&out.from, &in.from) && addr_equal(&out.to, &in.to));
        assert_int_equal(out.transport, in.transport);
        assert_int_equal(out.kind, in.kind);
        assert_int_equal(out.node, in.node);
        assert_true(str_equal(out.key, in.key) && str_equal(out.call_id, in.call_id));
        assert_true(str_equal(out.payload, in.payload));
        in.from = wire_addr("[2001:db8::1]:5060");
        in.to = wire_addr("[2001:db8::2]:5070");
        in.transport = TRANSPORT_UDP;
        in.key = in.call_id = STR_NONE;
    }
    for (size_t len = 0; len < b.len; len++)
        assert_false(hep_parse(str_slice(buf_str(&b), 0, len), &out));
    assert_false(hep_is(STR("HEP2")));
    /* what does not fit sticks */
    buf_init(&b, at, sizeof MESSAGE);
    hep_print(&b, &in);
    assert_true(b.over);
}

/* Byte for byte as the specification draws it: vendor, type, length, value. */
static void test_bytes(void **state)
{
    static const struct str bytes = STR_INIT("HEP3\0\x56"
                                             "\0\0\0\1\0\7\2"
                                             "\0\0\0\2\0\7\x11"
                                             "\0\0\0\3\0\x0a\xc0\0\2\1"
                                             "\0\0\0\4\0\x0a\xc0\0\2\2"
                                             "\0\0\0\7\0\x08\x13\xc4"
                                             "\0\0\0\x08\0\x08\x13\xce"
                                             "\0\1\0\x0b\0\x08xx" /* another vendor's */
                                             "\0\0\0\x0b\0\7\1"
                                             "\0\0\0\x63\0\x06"
                                             "\0\0\0\x0f\0\x09SIP");
    struct hep h;
    (void)state;
    assert_int_equal(bytes.len, 0x56);
    assert_true(hep_parse(bytes, &h));
    assert_int_equal(h.kind, HEP_SIP);
    assert_int_equal(h.from.port, 5060);
    assert_int_equal(h.to.ip[3], 2);
    assert_true(str_equal(h.payload, STR("SIP")));
}

/* In a capture it is the message that it brings, between those who sent that. */
static void test_captured(void **state)
{
    struct rig *r = rig_new();
    char at[1000];
    struct buf b;
    struct hep h = {.at = 5000,
                    .from = wire_addr("192.0.2.7:5060"),
                    .to = wire_addr("192.0.2.8:5061"),
                    .transport = TRANSPORT_TLS,
                    .kind = HEP_SIP,
                    .payload = STR(MESSAGE)};
    (void)state;
    buf_init(&b, at, sizeof at);
    hep_print(&b, &h);
    wire_begin(&r->wire, buf_str(&b));
    wire_udp(&r->wire, 40000, 9060);
    wire_ip4(&r->wire, "198.51.100.1", "198.51.100.2", 17);
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_messages, 1);
    assert_true(str_equal(r->text, STR(MESSAGE)));
    assert_true(addr_equal(&r->last.from, &h.from));
    assert_int_equal(r->last.at, 5000);
    assert_int_equal(r->last.transport, TRANSPORT_TCP);
    rig_free(r);
}

/* The fixed heads of versions 1 and 2, as Kamailio's siptrace sends them: the length is without the
 * times. Others count those, too. */
static void test_old_versions(void **state)
{
    static const struct str one = STR_INIT("\x01\x10\x02\x11\x13\xc4\x13\xce"
                                           "\xc0\0\2\1\xc0\0\2\2"
                                           "SIP");
    static const struct str two = STR_INIT("\x02\x28\x0a\x06\x13\xc4\x13\xce"
                                           "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
                                           "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
                                           "\x10\0\0\0\xe8\3\0\0\7\0\0\0"
                                           "SIP");
    char at[64];
    struct hep h;
    (void)state;
    assert_true(hep_is_old(one) && hep_parse(one, &h));
    assert_int_equal(h.at, 0);
    assert_int_equal(h.kind, HEP_SIP);
    assert_int_equal(h.transport, TRANSPORT_UDP);
    assert_true(addr_equal(&h.from,
                           &(struct addr){.family = ADDR_IP4, .port = 5060, .ip = {192, 0, 2, 1}}));
    assert_int_equal(h.to.port, 5070);
    assert_true(str_equal(h.payload, STR("SIP")));
    assert_true(hep_is_old(two) && hep_parse(two, &h));
    assert_int_equal(h.at, 16001000000);
    assert_int_equal(h.node, 7);
    assert_int_equal(h.transport, TRANSPORT_TCP);
    assert_int_equal(h.from.family, ADDR_IP6);
    assert_true(str_equal(h.payload, STR("SIP")));
    for (size_t len = 0; len <= one.len - 3; len++)
        assert_false(hep_is_old(str_slice(one, 0, len)));
    /* a version, a length, a family or a protocol that there is not */
    static const struct {
        size_t at;
        char value;
    } wrong[] = {{0, 3}, {1, 17}, {2, 9}, {3, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memcpy(at, one.at, one.len);
        at[wrong[i].at] = wrong[i].value;
        assert_false(hep_is_old((struct str){at, one.len}));
    }
}

static void test_streams(void **state)
{
    static const struct str two = STR_INIT("HEP3\0\x08xxHEP3\0\6");
    (void)state;
    for (size_t len = 0; len < 8; len++)
        assert_int_equal(hep_length(str_slice(two, 0, len)), 0);
    assert_int_equal(hep_length(two), 8);
    assert_int_equal(hep_length(str_slice(two, 8, 6)), 6);
    assert_int_equal(hep_length(STR("H3")), SIZE_MAX);
    assert_int_equal(hep_length(STR("GET / HTTP/1.1")), SIZE_MAX);
    assert_int_equal(hep_length(STR("HEP3\0\5")), SIZE_MAX);
}

/* Received by itself: what says no time has that of its arrival, what is none is counted. */
static void test_received(void **state)
{
    struct rig *r = rig_new();
    char at[1000];
    struct buf b;
    struct hep h = {.from = wire_addr("192.0.2.7:5060"),
                    .to = wire_addr("192.0.2.8:5061"),
                    .transport = TRANSPORT_UDP,
                    .kind = HEP_SIP,
                    .payload = STR(MESSAGE)};
    (void)state;
    buf_init(&b, at, sizeof at);
    hep_print(&b, &h);
    assert_true(capture_take_hep(r->capture, 77, buf_str(&b)));
    rig_drain(r);
    assert_int_equal(r->n_messages, 1);
    assert_int_equal(r->last.at, 77);
    assert_true(str_equal(r->text, STR(MESSAGE)));
    assert_null(r->last.frame);
    h.kind = HEP_LOG; /* a good packet without a message */
    buf_init(&b, at, sizeof at);
    hep_print(&b, &h);
    assert_true(capture_take_hep(r->capture, 77, buf_str(&b)));
    assert_false(capture_take_hep(r->capture, 77, STR("HEP3")));
    assert_false(capture_take_hep(r->capture, 77, STR_NONE));
    rig_drain(r);
    assert_int_equal(r->n_messages, 1);
    assert_int_equal(capture_counts(r->capture).refused, 2);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_captured),   cmocka_unit_test(test_old_versions),
        cmocka_unit_test(test_streams),    cmocka_unit_test(test_received),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
