/* Every codec of the table: a tone goes through, garbage does not, and what it says in a=fmtp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "codec/codec.h"
#include "tone.h"

#define SECONDS 2
static int16_t heard[SECONDS * CODEC_RATE_MOST + CODEC_SAMPLES];

/* Two seconds of a tone there and back, in packets of what the codec makes of 20 ms; how many
 * samples were heard. Both sides may have a rate of their own. */
static size_t through(const struct codec *c, unsigned rate, unsigned heard_at, double hz)
{
    struct encoder *e;
    struct decoder *d;
    int16_t pcm[CODEC_SAMPLES];
    size_t each = codec_ptime(c, 20) * rate / 1000, n = 0;
    char at[LIMIT_CODEC_PAYLOAD];
    assert_int_equal(encoder_new(&mem_libc, c, rate, STR_NONE, &e), OK);
    assert_int_equal(decoder_new(&mem_libc, c, heard_at, &d), OK);
    for (size_t i = 0; i + each <= SECONDS * rate; i += each) {
        struct buf b;
        buf_init(&b, at, sizeof at);
        tone_make(pcm, each, i, hz, 8000, rate);
        assert_true(encoder_encode(e, pcm, each, &b));
        assert_int_equal(decoder_samples(d, buf_str(&b)), each * heard_at / rate);
        n += decoder_decode(d, buf_str(&b), heard + n);
    }
    encoder_free(e);
    decoder_free(d);
    return n;
}

/* The codecs' own promise differs: waveforms with little noise, and voices. */
static double purity_of(const struct codec *c)
{
    static const struct {
        const char *encoding;
        double db;
    } list[] = {{"L16", 75},          {"PCMU", 36},         {"PCMA", 36},
                {"G722", 22},         {"G726-40", 30},      {"G726-32", 25},
                {"AAL2-G726-40", 30}, {"AAL2-G726-32", 25}, {"AAL2-G726-24", 18},
                {"AAL2-G726-16", 10}, {"G726-24", 18},      {"G726-16", 10},
                {"GSM", 8},           {"G723", 5}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (str_equal(c->encoding, str_from(list[i].encoding)))
            return list[i].db;
    return 15;
}

static void test_tones(void **state)
{
    const struct codec *c;
    (void)state;
    for (unsigned i = 0; (c = codec_at(i)); i++) {
        if (!codec_encodes(c) || !codec_decodes(c))
            continue;
        unsigned rate = codec_rate(c, 8000);
        size_t n = through(c, rate, rate, 440);
        assert_true(n >= SECONDS * rate - CODEC_SAMPLES && n <= SECONDS * rate);
        /* the second second, when it has settled */
        const int16_t *late = heard + n - rate;
        double level = tone_db(tone_amplitude(late, rate, 440, rate), 8000);
        double purity = tone_purity(late, rate, 440, rate);
        print_message("%.*s/%u: %+.2f dB, %.1f dB above all else\n", STR_ARG(c->encoding), c->clock,
                      level, purity);
        assert_true(level > -1 && level < 1);
        assert_true(purity > purity_of(c));
    }
}

/* RFC 7587: either side has the rate that it likes. */
static void test_opus_rates(void **state)
{
    const struct codec *opus = codec_named(STR("OPUS"), 48000, 2);
    static const unsigned rates[] = {8000, 12000, 16000, 24000, 48000};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++) {
            size_t n = through(opus, rates[i], rates[j], 440);
            assert_int_equal(n, SECONDS * rates[j]);
            double level = tone_amplitude(heard + n / 2, rates[j], 440, rates[j]);
            assert_true(tone_db(level, 8000) > -1 && tone_db(level, 8000) < 1);
        }
}

static void test_names(void **state)
{
    (void)state;
    assert_non_null(codec_named(STR("pcmu"), 8000, 1));
    assert_ptr_equal(codec_named(STR("PCMU"), 8000, 0), codec_named(STR("PCMU"), 8000, 1));
    assert_null(codec_named(STR("PCMU"), 16000, 1));
    assert_null(codec_named(STR("opus"), 48000, 1));
    assert_null(codec_named(STR("nobody"), 8000, 1));
    assert_int_equal(codec_named(STR("telephone-event"), 8000, 1)->kind, CODEC_EVENTS);
    assert_int_equal(codec_named(STR("CN"), 8000, 1)->kind, CODEC_NOISE);
}

static void test_rates(void **state)
{
    const struct codec *opus = codec_named(STR("opus"), 48000, 2),
                       *g722 = codec_named(STR("G722"), 8000, 1);
    (void)state;
    assert_int_equal(codec_rate(g722, 8000), 16000);
    assert_int_equal(codec_rate(opus, 8000), 8000);
    assert_int_equal(codec_rate(opus, 11025), 12000);
    assert_int_equal(codec_rate(opus, 96000), 48000);
}

/* A packet is a whole number of units, and no more than an Ethernet takes. */
static void test_ptime(void **state)
{
    const struct codec *pcmu = codec_named(STR("PCMU"), 8000, 1),
                       *gsm = codec_named(STR("GSM"), 8000, 1),
                       *l16 = codec_named(STR("L16"), 44100, 2),
                       *opus = codec_named(STR("opus"), 48000, 2);
    (void)state;
    assert_int_equal(codec_ptime(pcmu, 0), 20);
    assert_int_equal(codec_ptime(pcmu, 30), 30);
    assert_int_equal(codec_ptime(pcmu, 4000), 120);
    assert_int_equal(codec_ptime(gsm, 30), 20);
    assert_int_equal(codec_ptime(gsm, 5), 20);
    assert_int_equal(codec_ptime(l16, 20), 10);
    assert_int_equal(codec_ptime(opus, 60), 60);
}

static void test_fmtp(void **state)
{
    char at[64];
    struct buf b;
    (void)state;
    buf_init(&b, at, sizeof at);
    codec_put_fmtp(codec_named(STR("opus"), 48000, 2), &b);
    assert_true(str_equal(buf_str(&b), STR("useinbandfec=1")));
    buf_init(&b, at, sizeof at);
    codec_put_fmtp(codec_named(STR("telephone-event"), 8000, 1), &b);
    assert_true(str_equal(buf_str(&b), STR("0-15")));
    buf_init(&b, at, sizeof at);
    codec_put_fmtp(codec_named(STR("PCMU"), 8000, 1), &b);
    assert_int_equal(b.len, 0);
}

/* Bytes of two seconds of Opus to a receiver that asks for this. */
static size_t opus_bytes(const char *fmtp, double amplitude, unsigned *packets)
{
    const struct codec *opus = codec_named(STR("opus"), 48000, 2);
    struct encoder *e;
    int16_t pcm[160];
    size_t bytes = 0;
    char at[LIMIT_CODEC_PAYLOAD];
    assert_int_equal(encoder_new(&mem_libc, opus, 8000, str_from(fmtp), &e), OK);
    *packets = 0;
    for (unsigned i = 0; i < 100; i++) {
        struct buf b;
        buf_init(&b, at, sizeof at);
        tone_make(pcm, 160, i * 160, 440, amplitude, 8000);
        *packets += encoder_encode(e, pcm, 160, &b);
        bytes += b.len;
    }
    encoder_free(e);
    return bytes;
}

/* RFC 7587 6.1: what the receiver asks for. What is malformed counts as not said. */
static void test_opus_asked(void **state)
{
    unsigned packets;
    (void)state;
    size_t usual = opus_bytes("", 8000, &packets);
    assert_int_equal(packets, 100);
    assert_true(opus_bytes("maxaveragebitrate=6000", 8000, &packets) < usual);
    assert_int_equal(opus_bytes("maxaveragebitrate=5;;x=;=1;maxplaybackrate=8000z", 8000, &packets),
                     usual);
    assert_true(opus_bytes("usedtx=1", 0, &packets) < usual);
    assert_true(packets < 50);
    (void)opus_bytes("usedtx=0", 0, &packets);
    assert_int_equal(packets, 100);
}

/* A lost packet is in the next one where the receiver said that it looks there (RFC 7587 3.3). */
static void test_opus_recovers(void **state)
{
    const struct codec *opus = codec_named(STR("opus"), 48000, 2);
    struct encoder *e;
    struct decoder *d;
    int16_t pcm[CODEC_SAMPLES];
    char bytes[2][LIMIT_CODEC_PAYLOAD];
    struct buf b[2];
    (void)state;
    assert_int_equal(encoder_new(&mem_libc, opus, 16000, STR("useinbandfec=1"), &e), OK);
    assert_int_equal(decoder_new(&mem_libc, opus, 16000, &d), OK);
    encoder_expect_loss(e, 30);
    /* the tone begins in the packet that is lost, so that it cannot be what went on */
    for (unsigned i = 0; i < 52; i++) {
        tone_make(pcm, 320, i * 320, 440, i < 50 ? 0 : 8000, 16000);
        buf_init(&b[i & 1], bytes[i & 1], sizeof bytes[0]);
        assert_true(encoder_encode(e, pcm, 320, &b[i & 1]));
        if (i < 50)
            assert_int_equal(decoder_decode(d, buf_str(&b[i & 1]), pcm), 320);
    }
    decoder_recover(d, buf_str(&b[1]), pcm, 320);
    assert_true(tone_amplitude(pcm, 320, 440, 16000) > 1000);
    encoder_free(e);
    decoder_free(d);
}

/* Payloads that are none: nothing is heard of them, whatever their length. */
static void test_garbage(void **state)
{
    const struct codec *c;
    static const char zeros[64 * 1024];
    (void)state;
    for (unsigned i = 0; (c = codec_at(i)); i++) {
        struct decoder *d;
        int16_t pcm[CODEC_SAMPLES];
        if (!codec_decodes(c))
            continue;
        unsigned rate = codec_rate(c, 48000);
        assert_int_equal(decoder_new(&mem_libc, c, rate, &d), OK);
        assert_int_equal(decoder_decode(d, STR_NONE, pcm), 0);
        assert_int_equal(decoder_decode(d, (struct str){zeros, sizeof zeros}, pcm), 0);
        for (size_t len = 1; len < 4000; len++) {
            struct str payload = {zeros, len};
            size_t n = decoder_samples(d, payload);
            assert_true(n <= LIMIT_CODEC_PACKET_MS * rate / 1000);
            if (len < 300)
                assert_true(decoder_decode(d, payload, pcm) <= n);
        }
        decoder_free(d);
    }
    struct decoder *gsm;
    int16_t pcm[CODEC_SAMPLES];
    assert_int_equal(decoder_new(&mem_libc, codec_named(STR("GSM"), 8000, 1), 8000, &gsm), OK);
    assert_int_equal(decoder_samples(gsm, (struct str){zeros, 33}), 0);
    assert_int_equal(decoder_decode(gsm, (struct str){zeros, 33}, pcm), 0);
    decoder_free(gsm);
}

/* Without memory nothing is made and nothing stays. */
static void test_no_memory(void **state)
{
    const struct codec *c;
    (void)state;
    for (unsigned i = 0; (c = codec_at(i)); i++)
        for (size_t spare = 0; spare < 2; spare++) {
            struct mem_counting m = mem_counting();
            struct encoder *e = NULL;
            struct decoder *d = NULL;
            m.refuse_after = spare;
            int encodes = encoder_new(&m.mem, c, codec_rate(c, 8000), STR_NONE, &e);
            assert_int_equal(encodes, !codec_encodes(c) ? ERR_INVALID : spare > 0 ? OK : ERR_NOMEM);
            encoder_free(e);
            m.refuse_after = spare;
            if (decoder_new(&m.mem, c, codec_rate(c, 8000), &d) == OK)
                decoder_free(d);
            assert_int_equal(m.n_bytes, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tones),         cmocka_unit_test(test_opus_rates),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_rates),
        cmocka_unit_test(test_ptime),         cmocka_unit_test(test_fmtp),
        cmocka_unit_test(test_garbage),       cmocka_unit_test(test_opus_asked),
        cmocka_unit_test(test_opus_recovers), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
