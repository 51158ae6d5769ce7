/* What a stream sends, packet by packet: numbers, timestamps, marks (RFC 3550 5.1, RFC 3551 4.1),
 * and what Opus repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"
#include "rtp/packet.h"

#define PACKETS 2000
static struct call call;
static struct rtp_packet sent[PACKETS];
static unsigned n_sent;

static int begin(void **state)
{
    (void)state;
    call_begin(&call, 8000);
    n_sent = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_end(&call);
    return 0;
}

static struct audio_stream *a_stream(void)
{
    return call.sides[0].stream;
}

/* a speaks so loudly for so long; what it sends is in `sent`, without its payloads. */
static void speak(double amplitude, unsigned ms)
{
    struct audio_output out;
    int16_t pcm[160];
    for (unsigned i = 0; i < ms; i += 20, call.now += 20 * NS_PER_MS) {
        tone_make(pcm, 160, i * 8, 440, amplitude, 8000);
        audio_stream_send(a_stream(), pcm, 160, call.now);
        while (audio_stream_output(a_stream(), &out)) {
            assert_true(n_sent < PACKETS && rtp_parse(out.bytes, &sent[n_sent]));
            n_sent++;
        }
    }
}

static void agree(bool sends, unsigned ptime)
{
    struct audio_format formats[] = {call_format("PCMU", 8000, 1, 0),
                                     call_format("CN", 8000, 1, 13)};
    struct audio_terms terms = call_terms(&call, 0, formats, 2);
    terms.sends = sends;
    terms.ptime = ptime;
    assert_int_equal(audio_stream_agree(a_stream(), &terms, call.now), OK);
}

/* Sequence numbers without a gap, all of one source. */
static void check_numbers(void)
{
    for (unsigned i = 1; i < n_sent; i++) {
        assert_int_equal((uint16_t)(sent[i].sequence - sent[0].sequence), i);
        assert_int_equal(sent[i].ssrc, sent[0].ssrc);
    }
}

static uint32_t step(unsigned i)
{
    return sent[i].timestamp - sent[i - 1].timestamp;
}

static void test_steady(void **state)
{
    static const unsigned ptimes[] = {20, 10, 30, 60};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        n_sent = 0;
        agree(true, ptimes[i]);
        speak(8000, 1200);
        assert_int_equal(n_sent, 1200 / ptimes[i]);
        check_numbers();
        for (unsigned j = 1; j < n_sent; j++) {
            assert_int_equal(step(j), ptimes[i] * 8);
            assert_int_equal(sent[j].payload.len, ptimes[i] * 8);
            assert_false(sent[j].marker);
        }
        assert_int_equal(sent[0].marker,
                         i == 0); /* the same stream in other packets is no new one */
    }
}

/* While we are on hold nothing goes, and time passes: what follows is marked and in its time. */
static void test_hold(void **state)
{
    (void)state;
    agree(true, 20);
    speak(8000, 200);
    agree(false, 20);
    speak(8000, 3000);
    assert_int_equal(n_sent, 10);
    agree(true, 20);
    speak(8000, 200);
    assert_int_equal(n_sent, 20);
    check_numbers();
    assert_true(sent[10].marker && !sent[11].marker);
    assert_int_equal(step(10), 160 + 3000 * 8);
}

/* Who gives us nothing for a second has been silent for a second. */
static void test_pause(void **state)
{
    (void)state;
    agree(true, 20);
    speak(8000, 200);
    call.now += NS_PER_S;
    speak(8000, 200);
    assert_int_equal(n_sent, 20);
    check_numbers();
    assert_true(sent[10].marker && !sent[11].marker);
    assert_int_equal(step(10), 160 + 8000);
    /* a frame that is a little late is not silence */
    call.now += 60 * NS_PER_MS;
    speak(8000, 20);
    assert_int_equal(step(20), 160);
    assert_false(sent[20].marker);
}

/* RFC 3389 4, RFC 3551 4.1: silence is told of by the other payload type, unmarked; the voice
 * behind it is marked. */
static void test_silence(void **state)
{
    struct audio_settings s = {.rate = 8000, .seed = rand_seed_from(1), .suppress_silence = true};
    unsigned noise = 0, marked = 0;
    (void)state;
    audio_stream_free(a_stream());
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &call.sides[0].stream), OK);
    agree(true, 20);
    speak(8000, 1000);
    speak(20, 3000);
    speak(8000, 1000);
    check_numbers();
    for (unsigned i = 1; i < n_sent; i++) {
        noise += sent[i].payload_type == 13;
        marked += sent[i].marker;
        assert_int_equal(sent[i].marker,
                         sent[i - 1].payload_type == 13 && sent[i].payload_type == 0);
    }
    assert_in_range(noise, 3, 4);
    assert_int_equal(marked, 1);
    assert_int_equal(sent[n_sent - 1].timestamp - sent[0].timestamp, 5000 * 8 - 160);
    assert_in_range(n_sent, 108, 116);
}

/* --- Opus over losses --- */

static bool lossy;

static time_ns network(struct call *c, unsigned to, bool rtcp)
{
    /* the same packets whatever is in them */
    bool lost = lossy && !rtcp && to == 0 && c->n_packets % 16 == 3;
    return lost ? TIME_NEVER : 30 * NS_PER_MS;
}

/* What a hears of b, whose tone becomes another one every 60 ms, so that what goes on is wrong. */
static void hear_steps(const char *fmtp, int16_t *heard, size_t n)
{
    struct audio_format f = call_format("opus", 48000, 2, 111);
    f.send_fmtp = str_from(fmtp);
    call_end(&call);
    call_begin(&call, 16000);
    call.delay = network;
    call_agree(&call, &f, 1);
    for (unsigned i = 0; call.sides[0].n_heard < n; i++) {
        call.sides[1].hz = 200 + 137 * (i * i % 7);
        call_run(&call, 60);
    }
    memcpy(heard, call.sides[0].heard, n * sizeof *heard);
}

static double difference(const int16_t *a, const int16_t *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return sqrt(sum / (double)n);
}

/* RFC 7587 3.3: who says that he looks into the next packet for a lost one hears more of it, once
 * he has reported the loss. */
static void test_opus_repeats(void **state)
{
    static int16_t whole[16000 * 40], plain[16000 * 40], repeated[16000 * 40];
    size_t n = sizeof whole / sizeof *whole, late = n / 2;
    (void)state;
    lossy = false;
    hear_steps("useinbandfec=1", whole, n);
    lossy = true;
    hear_steps("", plain, n);
    assert_true(call_report(&call, 0).lost_percent > 5);
    hear_steps("useinbandfec=1", repeated, n);
    double without = difference(whole + late, plain + late, n - late),
           with = difference(whole + late, repeated + late, n - late);
    print_message("off by %.0f without, %.0f with\n", without, with);
    assert_true(with < without * 0.9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_steady), TEST(test_hold), TEST(test_pause),
                                       TEST(test_silence), TEST(test_opus_repeats)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
