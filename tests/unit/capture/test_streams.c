/* TCP, and what its streams carry: SIP and WebSocket, from the beginning and from the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"

#define SYN 2

static void test_split(void **state)
{
    (void)state;
    for (size_t portion = 1; portion < sizeof MESSAGE; portion += 37) {
        struct rig *r = rig_new();
        struct str whole = STR(MESSAGE MESSAGE);

        rig_segment(r, true, 99, SYN, STR_NONE);
        for (size_t at = 0; at < whole.len; at += portion)
            rig_segment(r, true, (uint32_t)(100 + at), 0, str_slice(whole, at, portion));
        assert_int_equal(r->n_messages, 2);
        assert_true(str_equal(r->text, STR(MESSAGE)));
        assert_int_equal(r->last.transport, TRANSPORT_TCP);
        assert_int_equal(r->last.from.port, 5060);
        rig_free(r);
    }
}

/* Each segment twice, the second of each pair before the first, over the end of the numbers. */
static void test_disorder(void **state)
{
    struct rig *r = rig_new();
    struct str whole = STR(MESSAGE MESSAGE);
    uint32_t start = UINT32_MAX - 100;
    (void)state;
    rig_segment(r, true, start - 1, SYN, STR_NONE);
    for (size_t at = 0; at < whole.len; at += 40) {
        uint32_t sequence = start + (uint32_t)at;

        rig_segment(r, true, sequence + 15, 0, str_slice(whole, at + 15, 25));
        rig_segment(r, true, sequence, 0, str_slice(whole, at, 20)); /* overlaps */
        rig_segment(r, true, sequence, 0, str_slice(whole, at, 40));
    }
    assert_int_equal(r->n_messages, 2);
    assert_true(str_equal(r->text, STR(MESSAGE)));
    rig_free(r);
}

static void test_middle(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    rig_segment(r, true, 5000, 0, STR("the end of something\r\n"));
    rig_segment(r, true, 5022, 0, STR("\r\n\r\n"));
    rig_segment(r, true, 5026, 0, STR(MESSAGE));
    assert_int_equal(r->n_messages, 1);
    rig_free(r);
}

/* Bytes that never come are waited for, then passed. */
static void test_gap(void **state)
{
    struct rig *r = rig_new();
    struct str whole = STR(MESSAGE);
    (void)state;
    rig_segment(r, true, 100, 0, str_slice(whole, 0, 50));
    rig_segment(r, true, 100 + (uint32_t)whole.len, 0, whole);
    assert_int_equal(r->n_messages, 0);
    r->now += (LIMIT_CAPTURE_EARLY_S + 1) * (int64_t)NS_PER_S;
    rig_segment(r, true, 100 + 2 * (uint32_t)whole.len, 0, whole);
    assert_int_equal(r->n_messages, 2);
    assert_int_equal(capture_counts(r->capture).gaps, 1);
    /* at the end nothing is waited for */
    rig_segment(r, true, 100 + 4 * (uint32_t)whole.len, 0, whole);
    assert_int_equal(r->n_messages, 2);
    capture_end(r->capture);
    rig_drain(r);
    assert_int_equal(r->n_messages, 3);
    rig_free(r);
}

/* A message that does not say its length ends with its head; the next one is seen. */
static void test_no_length(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    rig_segment(r, true, 1, 0, STR("SIP/2.0 100 Trying\r\nCall-ID: 1\r\n\r\n" MESSAGE));
    assert_int_equal(r->n_messages, 2);
    rig_free(r);
}

/* The ports are used again. */
static void test_again(void **state)
{
    struct rig *r = rig_new();
    (void)state;
    rig_segment(r, true, 99, SYN, STR_NONE);
    rig_segment(r, true, 100, 0, str_slice(STR(MESSAGE), 0, 70));
    rig_segment(r, true, 7000, SYN, STR_NONE);
    rig_segment(r, true, 7001, 0, STR(MESSAGE));
    rig_segment(r, true, 7000, SYN, STR_NONE); /* without having been seen */
    rig_segment(r, true, 3000000000, 0, STR(MESSAGE));
    assert_int_equal(r->n_messages, 2);
    rig_free(r);
}

#define UPGRADE "GET / HTTP/1.1\r\nHost: a\r\nupgrade: WebSocket\r\n\r\n"

/* One frame as RFC 6455 5.2 has it; masked by four bytes of 'M'. */
static struct str frame(char *at, unsigned first, bool is_masked, struct str payload)
{
    struct buf b;

    buf_init(&b, at, 1000);
    buf_put_char(&b, (char)first);
    buf_put_char(&b, (char)((is_masked ? 0x80 : 0) | (payload.len > 125 ? 126 : payload.len)));
    if (payload.len > 125)
        put_16(&b, (unsigned)payload.len);
    if (is_masked)
        buf_put_lit(&b, "MMMM");
    for (size_t i = 0; i < payload.len; i++)
        buf_put_char(&b, (char)(payload.at[i] ^ (is_masked ? 'M' : 0)));
    return buf_str(&b);
}

static void test_web(void **state)
{
    struct rig *r = rig_new();
    char at[1000];
    uint32_t n = 100;
    struct str whole = STR(MESSAGE), f;
    (void)state;
    rig_segment(r, true, n, 0, STR(UPGRADE));
    n += sizeof UPGRADE - 1;
    /* in two frames with a ping between */
    f = frame(at, 0x01, true, str_slice(whole, 0, 60));
    rig_segment(r, true, n, 0, f);
    n += (uint32_t)f.len;
    f = frame(at, 0x89, true, STR("ping"));
    rig_segment(r, true, n, 0, f);
    n += (uint32_t)f.len;
    f = frame(at, 0x80, true, str_slice(whole, 60, whole.len));
    rig_segment(r, true, n, 0, str_slice(f, 0, 9));
    assert_int_equal(r->n_messages, 0);
    rig_segment(r, true, n + 9, 0, str_slice(f, 9, f.len));
    assert_int_equal(r->n_messages, 1);
    assert_int_equal(r->last.transport, TRANSPORT_WS);
    assert_true(str_equal(r->text, whole));
    /* the other direction, whose beginning was not seen */
    rig_segment(r, false, 900, 0, frame(at, 0x82, false, whole));
    assert_int_equal(r->n_messages, 2);
    assert_int_equal(r->last.transport, TRANSPORT_WS);
    rig_free(r);
}

/* However much comes on however many connections, it is bounded. */
static void test_bounds(void **state)
{
    struct rig *r = rig_new();
    static char bytes[60000];
    (void)state;
    static const struct str head =
        STR_INIT("INVITE sip:a SIP/2.0\r\nContent-Length: 200000\r\n\r\n");
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, head.at, head.len);
    for (unsigned i = 0; i < 4000; i++) {
        wire_begin(&r->wire, (struct str){bytes, sizeof bytes});
        wire_tcp(&r->wire, 1024 + i, 5060, 1, 0);
        wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", 6);
        rig_frame(r, LINK_RAW);
        assert_true(r->mem.n_bytes < LIMIT_CAPTURE_BYTES + 400000);
    }
    assert_true(capture_counts(r->capture).forgotten > 0);
    rig_free(r);
}

/* Every allocation fails once: nothing breaks, and what follows is seen. */
static void test_no_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < 12; n++) {
        struct rig *r = rig_new();
        char at[1000];

        r->mem.refuse_one = n;
        rig_segment(r, true, 200, 0, str_slice(STR(MESSAGE), 100, 1000));
        rig_segment(r, true, 100, 0, str_slice(STR(MESSAGE), 0, 100));
        rig_segment(r, false, 900, 0, frame(at, 0x02, false, str_slice(STR(MESSAGE), 0, 90)));
        wire_begin(&r->wire, STR(MESSAGE));
        wire_udp(&r->wire, 5060, 5070);
        wire_ip4(&r->wire, "192.0.2.1", "192.0.2.2", 17);
        r->n_messages = 0;
        rig_frame(r, LINK_RAW);
        assert_int_equal(r->n_messages, 1);
        rig_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),     cmocka_unit_test(test_disorder),
        cmocka_unit_test(test_middle),    cmocka_unit_test(test_gap),
        cmocka_unit_test(test_no_length), cmocka_unit_test(test_again),
        cmocka_unit_test(test_web),       cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
