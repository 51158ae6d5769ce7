/* Digits, sent and received (RFC 4733 2.5): on the wire, over losses, and as tones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"
#include "media/dial.h"
#include "media/digits.h"
#include "rtp/packet.h"

#define WIRE 400
static struct call call;
static struct rtp_packet wire[WIRE];
static char texts[WIRE][4];
static unsigned n_wire;

static int begin(void **state)
{
    (void)state;
    call_begin(&call, 8000);
    call_agree_on(&call, "PCMU", 8000, 1);
    n_wire = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_end(&call);
    return 0;
}

static void check_digits(unsigned side, const char *text)
{
    char at[CALL_EVENTS];
    struct str digits = call_digits(&call, side, at);
    if (!str_equal(digits, str_from(text)))
        fail_msg("%.*s came, not %s", STR_ARG(digits), text);
}

static void dial(const char *text, unsigned ms, unsigned gap_ms)
{
    assert_int_equal(audio_stream_dial(call.sides[0].stream, str_from(text), ms, gap_ms), OK);
}

/* All events that a sends in so many ms, and nothing of it to b. */
static void watch(unsigned ms)
{
    struct audio_output out;
    int16_t pcm[160] = {0};
    for (unsigned i = 0; i < ms; i += 20, call.now += 20 * NS_PER_MS) {
        audio_stream_send(call.sides[0].stream, pcm, 160, call.now);
        while (audio_stream_output(call.sides[0].stream, &out)) {
            assert_true(rtp_parse(out.bytes, &wire[n_wire]));
            if (wire[n_wire].payload_type != 101)
                continue;
            assert_int_equal(wire[n_wire].payload.len, 4);
            memcpy(texts[n_wire], wire[n_wire].payload.at, 4);
            wire[n_wire].payload.at = texts[n_wire];
            n_wire++;
        }
    }
}

static unsigned duration_of(unsigned i)
{
    return (unsigned)(uint8_t)texts[i][2] << 8 | (uint8_t)texts[i][3];
}

static bool ends(unsigned i)
{
    return texts[i][1] & 0x80;
}

/* RFC 4733 2.5.1.2, 2.5.1.4: the first packet is marked, all have the event's timestamp, the
 * duration grows, and the end goes three times; sequence numbers do not repeat. */
static void test_wire(void **state)
{
    (void)state;
    watch(100);
    dial("5", 100, 60);
    watch(400);
    assert_int_equal(n_wire, 7);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(wire[i].marker, i == 0);
        assert_int_equal(wire[i].timestamp, wire[0].timestamp);
        assert_int_equal((uint16_t)(wire[i].sequence - wire[0].sequence), i);
        assert_int_equal(texts[i][0], 5);
        assert_int_equal(duration_of(i), i < 5 ? 160 * (i + 1) : 800);
        assert_int_equal(ends(i), i >= 4);
        assert_int_equal(texts[i][1] & 0x7f, 10);
    }
}

/* RFC 4733 2.5.1.3: 5 s at 48 kHz are longer than a duration can say. */
static void test_long(void **state)
{
    struct audio_format opus[] = {call_format("opus", 48000, 2, 111),
                                  call_format("telephone-event", 48000, 1, 101)};
    unsigned segments = 0;
    (void)state;
    call_agree(&call, opus, 2);
    dial("#", 5000, 100);
    watch(6000);
    for (unsigned i = 1; i < n_wire; i++) {
        assert_false(wire[i].marker);
        if (wire[i].timestamp == wire[i - 1].timestamp)
            continue;
        segments++;
        assert_int_equal(duration_of(i - 1), 0xffff);
        assert_false(ends(i - 1));
        assert_int_equal(wire[i].timestamp - wire[i - 1].timestamp, 0xffff);
    }
    assert_int_equal(segments, 3);
    assert_int_equal(segments * 0xffff + duration_of(n_wire - 1), 5 * 48000);
    assert_true(ends(n_wire - 1) && ends(n_wire - 2) && ends(n_wire - 3) && !ends(n_wire - 4));
}

/* Each digit arrives once, with how long it lasted; the voice goes on around them. */
static void test_all(void **state)
{
    (void)state;
    dial("0123456789", 100, 60);
    dial("*#ABcD", 100, 60);
    call_run(&call, 5000);
    check_digits(1, "0123456789*#ABCD");
    assert_int_equal(call_count(&call, 0, AUDIO_DIALED), 1);
    for (unsigned i = 0; i < call.sides[1].n_events; i++)
        if (call.sides[1].events[i].type == AUDIO_DIGIT)
            assert_true(call.sides[1].events[i].ms == 100 && !call.sides[1].events[i].in_band);
    assert_int_equal(call_report(&call, 1).lost, 0);
}

/* The same digit twice is two digits. */
static void test_same(void **state)
{
    (void)state;
    dial("1111", 60, 40);
    call_run(&call, 2000);
    check_digits(1, "1111");
}

static time_ns delay_bad(struct call *c, unsigned to, bool rtcp)
{
    (void)to, (void)rtcp;
    if (rand_below(&c->rand, 10) < 3)
        return TIME_NEVER;
    return (30 + rand_below(&c->rand, 40)) * NS_PER_MS;
}

/* Three packets of ten are lost and all are in disorder, some come twice: each digit comes once. */
static void test_losses(void **state)
{
    (void)state;
    call.delay = delay_bad;
    call.twice = true;
    dial("1234567890", 160, 100);
    call_run(&call, 6000);
    check_digits(1, "1234567890");
}

static time_ns delay_ends(struct call *c, unsigned to, bool rtcp)
{
    uint64_t ms = (c->now - c->began) / NS_PER_MS;
    (void)to, (void)rtcp;
    return ms % 300 >= 60 ? TIME_NEVER : 30 * NS_PER_MS;
}

/* All of an event is lost but its beginning: it is over when nothing more is heard of it. */
static void test_ends_lost(void **state)
{
    (void)state;
    call.delay = delay_ends;
    dial("9", 200, 100);
    call_run(&call, 1000);
    check_digits(1, "9");
}

static void test_long_heard(void **state)
{
    struct audio_format opus[] = {call_format("opus", 48000, 2, 111),
                                  call_format("telephone-event", 48000, 1, 101)};
    (void)state;
    call_agree(&call, opus, 2);
    dial("7", 5000, 100);
    call_run(&call, 6000);
    check_digits(1, "7");
    for (unsigned i = 0; i < call.sides[1].n_events; i++)
        if (call.sides[1].events[i].type == AUDIO_DIGIT)
            assert_int_equal(call.sides[1].events[i].ms, 5000);
}

/* Without events the digits are tones in the voice, and are heard there, at any rate. */
static void check_in_band(unsigned rate, const char *encoding)
{
    struct audio_settings s = {
        .rate = rate, .cname = STR("a@b"), .detect_digits = true, .seed = rand_seed_from(5)};
    struct audio_format f = call_format(encoding, 8000, 1, 96);
    call_end(&call);
    call_begin(&call, rate);
    audio_stream_free(call.sides[1].stream);
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &call.sides[1].stream), OK);
    call_agree(&call, &f, 1);
    call.sides[0].amplitude = 300;
    dial("123456789*0#ABCD", 100, 100);
    call_run(&call, 5000);
    check_digits(1, "123456789*0#ABCD");
    assert_true(call.sides[1].events[call.sides[1].n_events - 1].in_band);
}

static void test_in_band(void **state)
{
    (void)state;
    check_in_band(8000, "PCMU");
    check_in_band(16000, "G722");
    check_in_band(48000, "PCMA");
}

static void test_invalid(void **state)
{
    struct audio_stream *a = call.sides[0].stream;
    char many[LIMIT_AUDIO_DIGITS + 1];
    (void)state;
    memset(many, '1', sizeof many);
    assert_int_equal(audio_stream_dial(a, STR("12x"), 100, 100), ERR_INVALID);
    assert_int_equal(audio_stream_dial(a, (struct str){"\0", 1}, 100, 100), ERR_INVALID);
    assert_int_equal(audio_stream_dial(a, STR("1"), 39, 100), ERR_INVALID);
    assert_int_equal(audio_stream_dial(a, STR("1"), 5001, 100), ERR_INVALID);
    assert_int_equal(audio_stream_dial(a, STR("1"), 100, 39), ERR_INVALID);
    assert_int_equal(audio_stream_dial(a, (struct str){many, sizeof many}, 100, 100), ERR_LIMIT);
    assert_int_equal(audio_stream_dial(a, (struct str){many, sizeof many - 1}, 100, 100), OK);
    assert_int_equal(audio_stream_dial(a, STR("1"), 100, 100), ERR_LIMIT);
}

/* RFC 4733 2.5.1.1: events that they did not list are not sent, neither new ones nor those that
 * wait. */
static void test_listed(void **state)
{
    static const struct {
        const char *list;
        unsigned keys;
    } lists[] = {{"", 0xffff},  {"0-15", 0xffff},  {"0-16", 0xffff},      {"0-11,66,70", 0x0fff},
                 {"1", 0x0002}, {"3,5-6", 0x0068}, {" 0-9 , 11", 0x0bff}, {"66", 0},
                 {"x", 0xffff}, {"0-", 0xffff},    {"-5", 0xffff},        {"1,,2", 0xffff},
                 {"9-3", 0},    {"0-300", 0xffff}};
    struct audio_format formats[] = {call_format("PCMU", 8000, 1, 0),
                                     call_format("telephone-event", 8000, 1, 101)};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_int_equal(dial_listed(str_from(lists[i].list)), lists[i].keys);
    dial("1A2", 60, 60);
    formats[1].send_fmtp = STR("0-11");
    call_agree(&call, formats, 2);
    assert_int_equal(audio_stream_dial(call.sides[0].stream, STR("3B"), 60, 60), ERR_INVALID);
    dial("3", 60, 60);
    call_run(&call, 2000);
    check_digits(1, "123");
}

/* What no sender may send (RFC 4733 2.3.5, 3.2), and several events in one packet (2.5.1.5). */
static void test_odd_packets(void **state)
{
    struct digits d = {0};
    struct digit digit;
    (void)state;
    digits_take(&d, STR_NONE, 0, true, 8000, 1);
    digits_take(&d, STR("\x01\x0a\x01"), 0, true, 8000, 1);
    digits_take(&d, (struct str){"\x01\x8a\x00\x00", 4}, 0, true, 8000, 1);
    digits_take(&d, (struct str){"\x10\x8a\x03\x20", 4}, 0, true, 8000, 1);
    assert_false(digits_next(&d, &digit));
    digits_take(&d, (struct str){"\x01\x8a\x03\x20\x02\x8a\x03\x20", 8}, 1000, true, 8000, 1);
    assert_true(digits_next(&d, &digit) && digit.key == '1' && digit.ms == 100);
    assert_true(digits_next(&d, &digit) && digit.key == '2' && digit.ms == 100);
    digits_take(&d, (struct str){"\x01\x8a\x03\x20\x02\x8a\x03\x20", 8}, 1000, true, 8000, 1);
    assert_false(digits_next(&d, &digit));
    for (unsigned i = 0; i < 1000; i++) /* nobody takes them */
        digits_take(&d, (struct str){"\x01\x8a\x03\x20", 4}, 5000 + i * 1000, true, 8000, 1);
    unsigned n = 0;
    while (digits_next(&d, &digit))
        n++;
    assert_int_equal(n, LIMIT_AUDIO_EVENTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire),    TEST(test_long),        TEST(test_all),        TEST(test_same),
        TEST(test_losses),  TEST(test_ends_lost),   TEST(test_long_heard), TEST(test_in_band),
        TEST(test_invalid), TEST(test_odd_packets), TEST(test_listed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
