/* L16 (RFC 3551 4.5.11): 16 bits a sample in network order, channels in turn. */
#include "operations.h"

static size_t no_bytes(void)
{
    return 0;
}

static void put(uint8_t *at, int16_t sample)
{
    at[0] = (uint8_t)((uint16_t)sample >> 8);
    at[1] = (uint8_t)sample;
}

static int16_t get(const char *at)
{
    return (int16_t)(uint16_t)((unsigned)(uint8_t)at[0] << 8 | (uint8_t)at[1]);
}

static size_t encode(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    (void)state;
    for (size_t i = 0; i < n && 2 * i + 2 <= cap; i++)
        put(at + 2 * i, pcm[i]);
    return 2 * n;
}

static size_t samples(const void *state, struct str payload)
{
    (void)state;
    return payload.len % 2 == 0 ? payload.len / 2 : 0;
}

static bool decode(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++)
        pcm[i] = get(payload.at + 2 * i);
    return true;
}

static size_t encode_stereo(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    (void)state;
    for (size_t i = 0; i < n && 4 * i + 4 <= cap; i++) {
        put(at + 4 * i, pcm[i]);
        put(at + 4 * i + 2, pcm[i]);
    }
    return 4 * n;
}

static size_t samples_stereo(const void *state, struct str payload)
{
    (void)state;
    return payload.len % 4 == 0 ? payload.len / 4 : 0;
}

static bool decode_stereo(void *state, struct str payload, int16_t *pcm, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)((get(payload.at + 4 * i) + get(payload.at + 4 * i + 2)) / 2);
    return true;
}

const struct codec_operations codec_l16 = {.encoder_bytes = no_bytes,
                                           .encode = encode,
                                           .decoder_bytes = no_bytes,
                                           .samples = samples,
                                           .decode = decode};

const struct codec_operations codec_l16_stereo = {.encoder_bytes = no_bytes,
                                                  .encode = encode_stereo,
                                                  .decoder_bytes = no_bytes,
                                                  .samples = samples_stereo,
                                                  .decode = decode_stereo};
