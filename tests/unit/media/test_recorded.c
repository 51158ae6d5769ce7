/* RTP as others sent it (testdata/pcap): taken with the times at which it came, and heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../codec/tone.h"
#include "../testfiles.h"
#include "media/audio_stream.h"

#define FILE_MOST (8 << 20)
#define RATE 8000
#define FRAME 160
#define SECONDS_MOST 60
static char file[FILE_MOST];
static int16_t heard[SECONDS_MOST * RATE];
static size_t n_heard;
static char digits[32];
static size_t n_digits;
static struct audio_report report;

/* One UDP packet of a capture of Ethernet, or of what Linux cooks of all links. */
struct captured {
    uint64_t us;
    unsigned port; /* of its source */
    struct str payload;
};

static uint32_t u32(size_t at)
{
    uint32_t n;
    memcpy(&n, file + at, sizeof n);
    return n;
}

static unsigned u16_of(struct str s, size_t at)
{
    return (unsigned)(uint8_t)s.at[at] << 8 | (uint8_t)s.at[at + 1];
}

static bool next_packet(size_t *at, size_t len, struct captured *out)
{
    size_t head = u32(20) == 113 ? 16 : 14;
    while (*at + 16 <= len) {
        struct str link = {file + *at + 16, u32(*at + 8)};
        out->us = (uint64_t)u32(*at) * 1000000 + u32(*at + 4);
        *at += 16 + link.len;
        struct str ip = str_slice(link, head, link.len);
        if (ip.len < 28 || (uint8_t)ip.at[0] != 0x45 || ip.at[9] != 17)
            continue;
        struct str udp = str_slice(ip, 20, ip.len);
        out->port = u16_of(udp, 0);
        out->payload = str_slice(udp, 8, u16_of(udp, 4) - 8U);
        return true;
    }
    return false;
}

static void play_until(struct audio_stream *a, time_ns *now, time_ns until)
{
    struct audio_event event;
    for (; *now < until; *now += 20 * NS_PER_MS) {
        assert_true(n_heard + FRAME <= sizeof heard / sizeof *heard);
        audio_stream_play(a, heard + n_heard, FRAME, *now);
        n_heard += FRAME;
        audio_stream_tick(a, *now);
        while (audio_stream_event(a, &event))
            if (event.type == AUDIO_DIGIT)
                digits[n_digits++] = event.digit;
    }
}

struct call_of {
    const char *folder, *name;
    unsigned port; /* that it came from */
    const char *encoding;
    unsigned clock, channels, type, events;
};

static void agree(struct audio_stream *a, const struct call_of *c, const struct addr *peer)
{
    struct audio_format formats[] = {
        {.codec = codec_named(str_from(c->encoding), c->clock, c->channels),
         .receive = (uint8_t)c->type},
        {.codec = codec_named(STR("telephone-event"), 8000, 1), .receive = (uint8_t)c->events}};
    struct audio_terms terms = {
        .formats = formats, .n_formats = 2, .receives = true, .rtp = *peer, .rtcp_mux = true};
    assert_non_null(formats[0].codec);
    assert_int_equal(audio_stream_agree(a, &terms, 0), OK);
}

/* All of the call from that port; false: there are no test data. */
static bool hear(const struct call_of *c)
{
    struct audio_settings settings = {.rate = RATE, .seed = rand_seed_from(1)};
    struct addr peer = {.family = ADDR_IP4, .port = (uint16_t)c->port, .ip = {192, 0, 2, 1}};
    struct audio_stream *a;
    struct captured packet;
    size_t len, at = 24;
    uint64_t began = 0;
    time_ns now = 5 * NS_PER_MS;
    if (!test_read(c->folder, c->name, file, sizeof file, &len))
        return false;
    n_heard = n_digits = 0;
    assert_int_equal(audio_stream_new(&mem_libc, &settings, 0, &a), OK);
    agree(a, c, &peer);
    while (next_packet(&at, len, &packet)) {
        if (packet.port != c->port)
            continue;
        began = began ? began : packet.us;
        time_ns arrival = (packet.us - began) * 1000;
        play_until(a, &now, arrival);
        audio_stream_take(a, &peer, packet.payload, arrival);
    }
    play_until(a, &now, now + 200 * NS_PER_MS);
    audio_stream_report(a, &report);
    audio_stream_free(a);
    return true;
}

/* A second and a half of what is heard, from there on. */
#define PART (RATE * 3 / 2)
#define PART_BEGINS (RATE * 2)
#define OFF_MOST 480

/* How much of one signal is in another, wherever it begins: 1 all, 0 nothing. */
static double alike(const int16_t *a, const int16_t *b)
{
    double both = 0, of_a = 1, of_b = 1;
    for (size_t i = 0; i < PART; i++) {
        both += (double)a[i] * b[i];
        of_a += (double)a[i] * a[i];
        of_b += (double)b[i] * b[i];
    }
    return both / sqrt(of_a * of_b);
}

static double likeness(const int16_t *first)
{
    double best = -1;
    for (size_t from = PART_BEGINS - OFF_MOST; from <= PART_BEGINS + OFF_MOST; from++) {
        double now = alike(first, heard + from);
        best = now > best ? now : best;
    }
    return best;
}

/* One announcement, sent by one program with each codec: it is the same announcement. */
static void test_announcement(void **state)
{
    static const struct call_of calls[] = {
        {"pcap/sip", "Wireshark__sip-rtp-g711.pcap", 27942, "PCMU", 8000, 1, 0, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g711.pcap", 28102, "PCMA", 8000, 1, 8, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 26326, "G726-16", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 28354, "G726-24", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 18180, "G726-32", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 31690, "G726-40", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 22606, "AAL2-G726-16", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 23040, "AAL2-G726-24", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 27442, "AAL2-G726-32", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-g726.pcap", 16984, "AAL2-G726-40", 8000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-gsm.pcap", 18924, "GSM", 8000, 1, 3, 101},
        {"pcap/sip", "Wireshark__sip-rtp-l16.pcap", 26628, "L16", 8000, 2, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-l16.pcap", 24082, "L16", 16000, 2, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-l16.pcap", 31026, "L16", 48000, 1, 99, 101},
        {"pcap/sip", "Wireshark__sip-rtp-opus.pcap", 24196, "opus", 48000, 2, 99, 101}};
    static int16_t first[PART];
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (!hear(&calls[i]))
            skip();
        assert_true(report.received >= 414 && report.lost == 0 && report.unknown == 0);
        /* nothing but what follows the last packet */
        assert_true(report.concealed_percent < 1.5);
        if (i == 0)
            memcpy(first, heard + PART_BEGINS, sizeof first);
        print_message("%s: %.3f\n", calls[i].encoding, likeness(first));
        assert_true(likeness(first) > 0.8);
    }
}

/* A steady tone of 1004 Hz, -7.02 dBm0 as it was sent: as it is heard, without a gap from end to
 * end. */
static void test_milliwatt(void **state)
{
    static const struct call_of call = {"pcap/rtp-stun-dtls",
                                        "freeswitch__milliwatt.long.pcmu.rtp.pcap",
                                        31566,
                                        "PCMU",
                                        8000,
                                        1,
                                        0,
                                        101};
    (void)state;
    if (!hear(&call))
        skip();
    const int16_t *late = heard + RATE;
    size_t n = n_heard - 2 * RATE;
    double level = tone_db(tone_amplitude(late, RATE, 1004, RATE), 32767) + 3.14;
    print_message("%.2f dBm0, made up %.2f %%\n", level, report.concealed_percent);
    assert_true(fabs(level + 7.02) < 0.05);
    for (size_t i = 0; i + 80 <= n; i += 80)
        assert_true(tone_rms(late + i, 80) > 6500);
}

/* Calls of the world: all that came is heard, and the digits with it. */
static void test_calls(void **state)
{
    static const struct {
        struct call_of call;
        unsigned received;
        const char *digits;
    } calls[] = {
        {{"pcap/sip", "Wireshark__SIP_DTMF2.cap", 4376, "PCMA", 8000, 1, 8, 96}, 666, "6789123"},
        {{"pcap/rtp-stun-dtls", "testsuite__40msalaw.pcap", 12648, "PCMA", 8000, 1, 8, 101},
         826,
         ""},
        {{"pcap/rtp-stun-dtls", "clearwater-live-test__g711a.pcap", 5000, "PCMA", 8000, 1, 8, 101},
         236,
         ""},
        {{"pcap/rtp-stun-dtls", "testsuite__ulaw-2013785496.pcap", 4000, "PCMU", 8000, 1, 0, 101},
         974,
         NULL},
        {{"pcap/rtp-stun-dtls", "testsuite__ulaw-3125894607.pcap", 4002, "PCMU", 8000, 1, 0, 101},
         922,
         NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (!hear(&calls[i].call))
            skip();
        print_message("%s: jitter %.1f ms, delay %.0f ms, made up %.2f %%, digits %.*s\n",
                      calls[i].call.name, report.jitter_ms, report.delay_ms,
                      report.concealed_percent, (int)n_digits, digits);
        assert_int_equal(report.received, calls[i].received);
        assert_true(report.lost == 0 && report.late == 0);
        if (calls[i].digits)
            assert_true(str_equal((struct str){digits, n_digits}, str_from(calls[i].digits)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_announcement),
                                       cmocka_unit_test(test_milliwatt),
                                       cmocka_unit_test(test_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
