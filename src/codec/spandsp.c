/* The codecs of libspandsp: G.722, G.726 and GSM (RFC 3551 4.5.2, 4.5.4, 4.5.8). Their states live
 * in our memory. */
#include "operations.h"

#include <spandsp.h>
#include <spandsp/expose.h>

/* --- G.722: two samples a byte, at twice the clock --- */

static size_t g722_encoder_bytes(void)
{
    return sizeof(g722_encode_state_t);
}

static bool g722_encoder_begin(void *state, unsigned rate, struct str fmtp)
{
    (void)rate, (void)fmtp;
    return g722_encode_init(state, 64000, 0) != NULL;
}

static size_t encode_g722(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    return n / 2 > cap ? 0 : (size_t)g722_encode(state, at, pcm, (int)n);
}

static size_t g722_decoder_bytes(void)
{
    return sizeof(g722_decode_state_t);
}

static bool g722_decoder_begin(void *state, unsigned rate)
{
    (void)rate;
    return g722_decode_init(state, 64000, 0) != NULL;
}

static size_t g722_samples(const void *state, struct str payload)
{
    (void)state;
    return payload.len * 2;
}

static bool decode_g722(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)n;
    g722_decode(state, pcm, (const uint8_t *)payload.at, (int)payload.len);
    return true;
}

const struct codec_operations codec_g722 = {.encoder_bytes = g722_encoder_bytes,
                                            .encoder_begin = g722_encoder_begin,
                                            .encode = encode_g722,
                                            .decoder_bytes = g722_decoder_bytes,
                                            .decoder_begin = g722_decoder_begin,
                                            .samples = g722_samples,
                                            .decode = decode_g722};

/* --- G.726: two to five bits a sample, eight samples in whole bytes --- */

static size_t g726_bytes(void)
{
    return sizeof(g726_state_t);
}

static size_t encode_g726(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    const g726_state_t *s = state;
    size_t bytes = n * (size_t)s->bits_per_sample / 8;
    return n % 8 > 0 || bytes > cap ? 0 : (size_t)g726_encode(state, at, pcm, (int)n);
}

static size_t g726_samples(const void *state, struct str payload)
{
    const g726_state_t *s = state;
    size_t bits = (size_t)s->bits_per_sample;
    return payload.len % bits == 0 ? payload.len / bits * 8 : 0;
}

static bool decode_g726(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)n;
    g726_decode(state, pcm, (const uint8_t *)payload.at, (int)payload.len);
    return true;
}

#define G726(name, bit_rate, packing)                                                    \
    static bool name##_decoder_begin(void *state, unsigned rate)                         \
    {                                                                                    \
        (void)rate;                                                                      \
        return g726_init(state, bit_rate, G726_ENCODING_LINEAR, packing) != NULL;        \
    }                                                                                    \
    static bool name##_encoder_begin(void *state, unsigned rate, struct str fmtp)        \
    {                                                                                    \
        (void)fmtp;                                                                      \
        return name##_decoder_begin(state, rate);                                        \
    }                                                                                    \
    const struct codec_operations codec_##name = {.encoder_bytes = g726_bytes,           \
                                                  .encoder_begin = name##_encoder_begin, \
                                                  .encode = encode_g726,                 \
                                                  .decoder_bytes = g726_bytes,           \
                                                  .decoder_begin = name##_decoder_begin, \
                                                  .samples = g726_samples,               \
                                                  .decode = decode_g726}

/* The first code in the lowest bits; AAL2's in the highest. */
G726(g726_40, 40000, G726_PACKING_RIGHT);
G726(g726_32, 32000, G726_PACKING_RIGHT);
G726(g726_24, 24000, G726_PACKING_RIGHT);
G726(g726_16, 16000, G726_PACKING_RIGHT);
G726(aal2_g726_40, 40000, G726_PACKING_LEFT);
G726(aal2_g726_32, 32000, G726_PACKING_LEFT);
G726(aal2_g726_24, 24000, G726_PACKING_LEFT);
G726(aal2_g726_16, 16000, G726_PACKING_LEFT);

/* --- GSM: 160 samples in 33 bytes that begin with a signature --- */

#define GSM_BYTES 33U
#define GSM_SAMPLES 160U
#define GSM_SIGNATURE 0xd

static size_t gsm_bytes(void)
{
    return sizeof(gsm0610_state_t);
}

static bool gsm_decoder_begin(void *state, unsigned rate)
{
    (void)rate;
    return gsm0610_init(state, GSM0610_PACKING_VOIP) != NULL;
}

static bool gsm_encoder_begin(void *state, unsigned rate, struct str fmtp)
{
    (void)fmtp;
    return gsm_decoder_begin(state, rate);
}

static size_t encode_gsm(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    bool fits = n % GSM_SAMPLES == 0 && n / GSM_SAMPLES * GSM_BYTES <= cap;
    return fits ? (size_t)gsm0610_encode(state, at, pcm, (int)n) : 0;
}

static size_t gsm_samples(const void *state, struct str payload)
{
    (void)state;
    for (size_t i = 0; i < payload.len; i += GSM_BYTES)
        if ((unsigned char)payload.at[i] >> 4 != GSM_SIGNATURE)
            return 0;
    return payload.len % GSM_BYTES == 0 ? payload.len / GSM_BYTES * GSM_SAMPLES : 0;
}

static bool decode_gsm(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)n;
    gsm0610_decode(state, pcm, (const uint8_t *)payload.at, (int)payload.len);
    return true;
}

const struct codec_operations codec_gsm = {.encoder_bytes = gsm_bytes,
                                           .encoder_begin = gsm_encoder_begin,
                                           .encode = encode_gsm,
                                           .decoder_bytes = gsm_bytes,
                                           .decoder_begin = gsm_decoder_begin,
                                           .samples = gsm_samples,
                                           .decode = decode_gsm};
