/* Any bytes as payloads of any codec, and as its a=fmtp: nothing is read or written beyond its
 * bounds, and a decoder that was given garbage still conceals. The input: which codec, the fmtp,
 * then payloads, each behind its length. */
#include "fuzz.h"

#include "codec/codec.h"
#include "codec/noise.h"

static int16_t pcm[CODEC_SAMPLES];

static const struct codec *draw_codec(struct str *input)
{
    unsigned n = 0;
    while (codec_at(n))
        n++;
    return codec_at(draw_byte(input) % n);
}

static void make_noise(struct str payload)
{
    struct noise noise = {.random = 1};
    assert(noise_take(&noise, payload) == (payload.len > 0));
    noise_make(&noise, pcm, 160);
}

static void decode(struct decoder *d, struct str payload, unsigned what)
{
    size_t samples = decoder_samples(d, payload);
    assert(samples <= CODEC_SAMPLES);
    if (what & 1)
        decoder_recover(d, payload, pcm, 160 + what);
    else
        assert(decoder_decode(d, payload, pcm) <= samples);
}

static void encode(const struct codec *c, unsigned rate, struct str fmtp, unsigned wanted)
{
    struct encoder *e;
    char bytes[LIMIT_CODEC_PAYLOAD];
    struct buf b;
    if (encoder_new(&mem_libc, c, rate, fmtp, &e) != OK)
        return;
    buf_init(&b, bytes, sizeof bytes);
    (void)encoder_encode(e, pcm, codec_ptime(c, wanted) * (size_t)rate / 1000, &b);
    assert(!b.over);
    encoder_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    const struct codec *c = draw_codec(&input);
    unsigned wanted = draw_byte(&input), rate = codec_rate(c, wanted * 200);
    struct str fmtp = exact_copy(draw_text(&input));
    struct decoder *d = NULL;
    memset(pcm, 0, sizeof pcm);
    if (decoder_new(&mem_libc, c, rate, &d) != OK)
        d = NULL;
    while (input.len > 1) {
        unsigned what = draw_byte(&input);
        struct str payload = exact_copy(draw_text(&input));
        make_noise(payload);
        if (d)
            decode(d, payload, what);
        exact_free(payload);
    }
    encode(c, rate, fmtp, wanted);
    decoder_free(d);
    exact_free(fmtp);
    return 0;
}
