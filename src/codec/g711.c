/* ITU-T G.711, both laws (RFC 3551 4.5.14): eight bits a sample, computed rather than looked up. */
#include "operations.h"

#define MU_BIAS 132
#define MU_MOST 32635 /* with the bias still 15 bits */
#define A_EVEN 0x55   /* every other bit of A-law goes out inverted */

/* The segment of a magnitude: how many bits it is longer than the shortest segment. */
static unsigned segment_of(unsigned magnitude)
{
    return (unsigned)(31 - __builtin_clz(magnitude | 0xff)) - 7;
}

static uint8_t mu_of(int sample)
{
    unsigned sign = sample < 0 ? 0x80 : 0;
    unsigned magnitude = (unsigned)(sample < 0 ? ~sample : sample);
    magnitude = (magnitude > MU_MOST ? MU_MOST : magnitude) + MU_BIAS;
    unsigned segment = segment_of(magnitude);
    return (uint8_t) ~(sign | segment << 4 | (magnitude >> (segment + 3) & 0xf));
}

static int16_t of_mu(uint8_t code)
{
    unsigned bits = (uint8_t)~code;
    int magnitude = (int)((((bits & 0xf) << 3) + MU_BIAS) << (bits >> 4 & 7)) - MU_BIAS;
    return (int16_t)(bits & 0x80 ? -magnitude : magnitude);
}

static uint8_t a_of(int sample)
{
    unsigned sign = sample < 0 ? 0 : 0x80;
    unsigned magnitude = (unsigned)(sample < 0 ? ~sample : sample);
    unsigned segment = segment_of(magnitude);
    unsigned step = magnitude >> (segment > 0 ? segment + 3 : 4) & 0xf;
    return (uint8_t)((sign | segment << 4 | step) ^ A_EVEN);
}

static int16_t of_a(uint8_t code)
{
    unsigned bits = code ^ A_EVEN, segment = bits >> 4 & 7;
    unsigned magnitude = ((bits & 0xf) << 4) + 8;
    if (segment > 0)
        magnitude = (magnitude + 0x100) << (segment - 1);
    return (int16_t)(bits & 0x80 ? (int)magnitude : -(int)magnitude);
}

static size_t no_bytes(void)
{
    return 0;
}

static size_t samples(const void *state, struct str payload)
{
    (void)state;
    return payload.len;
}

static size_t encode_mu(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    (void)state;
    for (size_t i = 0; i < n && i < cap; i++)
        at[i] = mu_of(pcm[i]);
    return n;
}

static bool decode_mu(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++)
        pcm[i] = of_mu((uint8_t)payload.at[i]);
    return true;
}

static size_t encode_a(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    (void)state;
    for (size_t i = 0; i < n && i < cap; i++)
        at[i] = a_of(pcm[i]);
    return n;
}

static bool decode_a(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++)
        pcm[i] = of_a((uint8_t)payload.at[i]);
    return true;
}

const struct codec_operations codec_pcmu = {.encoder_bytes = no_bytes,
                                            .encode = encode_mu,
                                            .decoder_bytes = no_bytes,
                                            .samples = samples,
                                            .decode = decode_mu};

const struct codec_operations codec_pcma = {.encoder_bytes = no_bytes,
                                            .encode = encode_a,
                                            .decoder_bytes = no_bytes,
                                            .samples = samples,
                                            .decode = decode_a};
