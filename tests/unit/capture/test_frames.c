/* From the link layer to the datagram: link types, tunnels, IP of both versions, fragments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"

#define UDP 17
#define MORE 0x2000

static void datagram(struct rig *r)
{
    wire_begin(&r->wire, STR(MESSAGE));
    wire_udp(&r->wire, 5060, 5070);
}

static void datagram_ip4(struct rig *r)
{
    datagram(r);
    wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", UDP);
}

static void expect_message(struct rig *r, uint32_t link)
{
    r->n_messages = 0;
    rig_frame(r, link);
    assert_int_equal(r->n_messages, 1);
    assert_true(str_equal(r->text, STR(MESSAGE)));
    assert_int_equal(r->last.from.port, 5060);
    assert_int_equal(r->last.to.port, 5070);
    assert_int_equal(r->last.transport, TRANSPORT_UDP);
    assert_int_equal(r->last.at, r->now);
}

static void test_links(void **state)
{
    static const struct {
        uint32_t link;
        struct str head;
    } rows[] = {
        {LINK_RAW, STR_INIT("")},
        {LINK_IPV4, STR_INIT("")},
        {LINK_NULL, STR_INIT("\2\0\0\0")},
        {LINK_LOOP, STR_INIT("\0\0\0\2")},
        {LINK_ETHERNET, STR_INIT("\1\2\3\4\5\6\1\2\3\4\5\6\x08\0")},
        {LINK_ETHERNET, STR_INIT("\1\2\3\4\5\6\1\2\3\4\5\6\x81\0\0\x05\x08\0")},
        {LINK_ETHERNET, STR_INIT("\1\2\3\4\5\6\1\2\3\4\5\6\x88\xa8\0\x05\x81\0\0\x06\x08\0")},
        {LINK_ETHERNET, STR_INIT("\1\2\3\4\5\6\1\2\3\4\5\6\x88\x64\x11\0\0\1\0\2\0\x21")},
        {LINK_ETHERNET, STR_INIT("\1\2\3\4\5\6\1\2\3\4\5\6\x88\x47\0\0\x10\x40\0\0\x11\x40")},
        {LINK_SLL, STR_INIT("\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0")},
        {LINK_SLL2, STR_INIT("\x08\0\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0")},
        {LINK_PPP, STR_INIT("\xff\x03\0\x21")},
        {LINK_PPP, STR_INIT("\x21")},
        {LINK_PPPOE, STR_INIT("\x11\0\0\1\0\2\0\x21")},
    };
    struct rig *r = rig_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        datagram_ip4(r);
        wire_put(&r->wire, rows[i].head);
        /* the second label is the last one's bottom */
        if (str_ends_nocase(rows[i].head, STR("\x11\x40")))
            r->wire.at[r->wire.from + rows[i].head.len - 2] |= 1;
        expect_message(r, rows[i].link);
    }
    datagram_ip4(r);
    wire_ethernet(&r->wire, 0x0806);
    r->n_messages = 0;
    rig_frame(r, LINK_ETHERNET);
    rig_frame(r, 105);
    assert_int_equal(r->n_messages, 0);
    rig_free(r);
}

#define SHORTER "BYE sip:b@h SIP/2.0\r\nCall-ID: 2@h\r\nContent-Length: 0\r\n\r\n"

static unsigned messages_in(struct rig *r, struct str payload)
{
    r->n_messages = 0;
    wire_begin(&r->wire, payload);
    wire_udp(&r->wire, 5060, 5070);
    wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", UDP);
    rig_frame(r, LINK_RAW);
    return r->n_messages;
}

/* What a kernel was given together (UDP_SEGMENT) was sent apart. RFC 3261 18.3: whatever else
 * stands behind a message is none. */
static void test_joined(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    assert_int_equal(messages_in(r, STR(MESSAGE MESSAGE SHORTER)), 3);
    assert_true(str_equal(r->text, STR(SHORTER)));
    assert_int_equal(r->last.from.port, 5060);
    assert_int_equal(r->last.to.port, 5070);
    assert_int_equal(messages_in(r, STR(SHORTER MESSAGE)), 1);
    assert_true(str_equal(r->text, STR(SHORTER MESSAGE)));
    assert_int_equal(messages_in(r, STR(MESSAGE "junk")), 1);
    assert_true(str_equal(r->text, STR(MESSAGE "junk")));
    rig_free(r);
}

static void test_tunnels(void **state)
{
    static const struct {
        unsigned protocol;
        struct str head;
    } rows[] = {
        {4, STR_INIT("")},                                                        /* IP in IP */
        {47, STR_INIT("\0\0\x08\0")},                                             /* GRE */
        {47, STR_INIT("\x30\x81\x88\x0b\0\0\0\0\0\0\0\1\0\0\0\2\xff\x03\0\x21")}, /* of PPTP */
        {47, STR_INIT("\0\0\x65\x58\1\2\3\4\5\6\1\2\3\4\5\6\x08\0")},
        {17, STR_INIT("\x08\x68\x08\x68\0\0\0\0\x30\xff\0\0\0\0\0\1")}, /* GTP */
        {17, STR_INIT("\x08\x68\x08\x68\0\0\0\0\x34\xff\0\0\0\0\0\1\0\0\0\x85\1\0\0\0")},
    };
    struct rig *r = rig_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        datagram_ip4(r);
        wire_put(&r->wire, rows[i].head);
        wire_ip4(&r->wire, "198.51.100.1", "198.51.100.2", rows[i].protocol);
        expect_message(r, LINK_RAW);
        assert_int_equal(r->last.from.ip[0], 192);
    }
    /* one in the other without end */
    datagram_ip4(r);
    for (unsigned i = 0; i < LIMIT_CAPTURE_TUNNELS; i++)
        wire_ip4(&r->wire, "198.51.100.1", "198.51.100.2", 4);
    r->n_messages = 0;
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_messages, 0);
    rig_free(r);
}

static void test_ip6(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    datagram(r);
    wire_ip6(&r->wire, "2001:db8::1", "2001:db8::2", UDP);
    expect_message(r, LINK_RAW);
    assert_int_equal(r->last.from.family, ADDR_IP6);
    /* hop-by-hop options and a destination header before it */
    datagram(r);
    wire_put(&r->wire, STR("\x11\0\1\4\0\0\0\0"));
    wire_put(&r->wire, STR("\x3c\0\1\4\0\0\0\0"));
    wire_ip6(&r->wire, "2001:db8::1", "2001:db8::2", 0);
    expect_message(r, LINK_IPV6);
    rig_free(r);
}

/* The part of the datagram from `at` on; its last where `len` reaches its end. */
static void part(struct rig *r, unsigned id, size_t at, size_t len)
{
    static struct wire whole;
    struct str bytes;

    wire_begin(&whole, STR(MESSAGE));
    wire_udp(&whole, 5060, 5070);
    bytes = wire_bytes(&whole);
    bool has_more = at + len < bytes.len;

    wire_begin(&r->wire, str_slice(bytes, at, len));
    wire_ip4_part(&r->wire, "192.0.2.1", "192.0.2.2", UDP, id,
                  (unsigned)(at / 8) | (has_more ? MORE : 0));
}

static void test_fragments(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    part(r, 7, 80, 1000);
    rig_frame(r, LINK_RAW);
    part(r, 7, 0, 48);
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_messages, 0);
    part(r, 7, 40, 48); /* overlaps both */
    expect_message(r, LINK_RAW);
    assert_null(r->last.frame);
    /* parts of different datagrams make none, nor do those that come too late */
    r->n_messages = 0;
    part(r, 8, 0, 80);
    rig_frame(r, LINK_RAW);
    part(r, 9, 80, 1000);
    rig_frame(r, LINK_RAW);
    r->now += (LIMIT_CAPTURE_FRAGMENT_S + 1) * (int64_t)NS_PER_S;
    part(r, 8, 80, 1000);
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_messages, 0);
    rig_free(r);
}

static void test_many_fragments(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    for (unsigned id = 0; id < 4 * LIMIT_CAPTURE_FRAGMENTED; id++) {
        r->now++;
        part(r, id, 0, 80);
        rig_frame(r, LINK_RAW);
    }
    part(r, 4 * LIMIT_CAPTURE_FRAGMENTED - 1, 80, 1000); /* the youngest is still there */
    expect_message(r, LINK_RAW);
    part(r, 0, 80, 1000); /* the oldest is not */
    r->n_messages = 0;
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_messages, 0);
    rig_free(r);
}

static void test_fragments_6(void **state)
{
    struct rig *r = rig_new();
    static struct wire whole;
    (void)state;
    wire_begin(&whole, STR(MESSAGE));
    wire_udp(&whole, 5060, 5070);
    for (unsigned i = 0; i < 2; i++) {
        struct str all = wire_bytes(&whole);
        char head[8] = {UDP, 0, 0, i ? 64 : 1, 1, 2, 3, 4};

        wire_begin(&r->wire, i ? str_slice(all, 64, all.len) : str_slice(all, 0, 64));
        wire_put(&r->wire, (struct str){head, sizeof head});
        wire_ip6(&r->wire, "2001:db8::1", "2001:db8::2", 44);
        if (i)
            expect_message(r, LINK_RAW);
        else
            rig_frame(r, LINK_RAW);
    }
    rig_free(r);
}

static void test_rtp(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    wire_begin(&r->wire, STR("\x80\0\0\1\0\0\0\xa0\xde\xad\xbe\xef"
                             "voice"));
    wire_udp(&r->wire, 4000, 4002);
    wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", UDP);
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_packets, 1);
    assert_int_equal(r->last.rtp.ssrc, 0xdeadbeef);
    /* RTCP is none */
    wire_begin(&r->wire, STR("\x80\xc9\0\1\xde\xad\xbe\xef\0\0\0\0"));
    wire_udp(&r->wire, 4001, 4003);
    wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", UDP);
    rig_frame(r, LINK_RAW);
    assert_int_equal(r->n_packets, 1);
    rig_free(r);
}

/* What was cut is still the message that it is; whatever is cut does no harm. */
static void test_cut(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    datagram_ip4(r);
    wire_ethernet(&r->wire, 0x0800);
    struct str bytes = wire_bytes(&r->wire);

    for (size_t len = 0; len < bytes.len; len++) {
        char *copy = malloc(len ? len : 1);

        assert_non_null(copy);
        memcpy(copy, bytes.at, len);
        struct capture_frame f = {r->now, LINK_ETHERNET, (uint32_t)bytes.len, {copy, len}};

        r->n_messages = 0;
        capture_take(r->capture, &f);
        rig_drain(r);
        free(copy);
        assert_int_equal(r->n_messages, len >= 14 + 28 + 36);
    }
    assert_int_equal(capture_counts(r->capture).cut, bytes.len);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),       cmocka_unit_test(test_joined),
        cmocka_unit_test(test_tunnels),     cmocka_unit_test(test_ip6),
        cmocka_unit_test(test_fragments),   cmocka_unit_test(test_many_fragments),
        cmocka_unit_test(test_fragments_6), cmocka_unit_test(test_rtp),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
