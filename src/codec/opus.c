/* Opus (RFC 7587) by libopus, at the rate of who hears it, so that nothing has to be resampled. */
#include "fmtp.h"
#include "operations.h"

#include <opus.h>

/* Of ten. A core bears 300 streams of wide band with the first (docs/performance.md), 200 with the
 * second, which is the least with which libopus repeats what may be lost. Voice hardly gains by
 * more. */
#define COMPLEXITY 1
#define COMPLEXITY_LOSSY 2

static size_t encoder_bytes(void)
{
    return (size_t)opus_encoder_get_size(1);
}

/* RFC 7587 6.1, maxplaybackrate: nothing is sent that they cannot play. */
static int bandwidth_of(unsigned rate)
{
    return rate < 12000   ? OPUS_BANDWIDTH_NARROWBAND
           : rate < 16000 ? OPUS_BANDWIDTH_MEDIUMBAND
           : rate < 24000 ? OPUS_BANDWIDTH_WIDEBAND
           : rate < 48000 ? OPUS_BANDWIDTH_SUPERWIDEBAND
                          : OPUS_BANDWIDTH_FULLBAND;
}

static bool encoder_begin(void *state, unsigned rate, struct str fmtp)
{
    if (opus_encoder_init(state, (opus_int32)rate, 1, OPUS_APPLICATION_VOIP) != OPUS_OK)
        return false;
    unsigned bit_rate = fmtp_number(fmtp, STR("maxaveragebitrate"), 6000, 510000, 0);
    unsigned played = fmtp_number(fmtp, STR("maxplaybackrate"), 8000, 48000, 48000);
    opus_encoder_ctl(state, OPUS_SET_COMPLEXITY(COMPLEXITY));
    opus_encoder_ctl(state, OPUS_SET_MAX_BANDWIDTH(bandwidth_of(played)));
    opus_encoder_ctl(state, OPUS_SET_BITRATE(bit_rate > 0 ? (opus_int32)bit_rate : OPUS_AUTO));
    opus_encoder_ctl(state, OPUS_SET_VBR(fmtp_number(fmtp, STR("cbr"), 0, 1, 0) == 0));
    opus_encoder_ctl(state,
                     OPUS_SET_INBAND_FEC((int)fmtp_number(fmtp, STR("useinbandfec"), 0, 1, 0)));
    opus_encoder_ctl(state, OPUS_SET_DTX((int)fmtp_number(fmtp, STR("usedtx"), 0, 1, 0)));
    return true;
}

/* RFC 7587 3.1.3: of one byte or two, a frame says that there is nothing to hear. */
static size_t encode(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    opus_int32 len = opus_encode(state, pcm, (int)n, at, (opus_int32)cap);
    return len > 2 ? (size_t)len : 0;
}

static void expect_loss(void *state, unsigned percent)
{
    opus_encoder_ctl(state, OPUS_SET_PACKET_LOSS_PERC((int)percent));
    opus_encoder_ctl(state, OPUS_SET_COMPLEXITY(percent > 0 ? COMPLEXITY_LOSSY : COMPLEXITY));
}

struct decoding {
    unsigned rate;
    max_align_t opus[];
};

static size_t decoder_bytes(void)
{
    return sizeof(struct decoding) + (size_t)opus_decoder_get_size(1);
}

static OpusDecoder *decoder_of(struct decoding *d)
{
    return (OpusDecoder *)(void *)d->opus;
}

static bool decoder_begin(void *state, unsigned rate)
{
    struct decoding *d = state;
    d->rate = rate;
    return opus_decoder_init(decoder_of(d), (opus_int32)rate, 1) == OPUS_OK;
}

static size_t samples(const void *state, struct str payload)
{
    const struct decoding *d = state;
    if (payload.len > INT32_MAX)
        return 0;
    int n = opus_packet_get_nb_samples((const unsigned char *)payload.at, (opus_int32)payload.len,
                                       (opus_int32)d->rate);
    return n > 0 ? (size_t)n : 0;
}

static bool decode(void *state, struct str payload, int16_t *pcm, size_t n)
{
    return opus_decode(decoder_of(state), (const unsigned char *)payload.at,
                       (opus_int32)payload.len, pcm, (int)n, 0) == (int)n;
}

/* The decoder makes up whole frames of 2.5 ms; what was asked for besides is quiet. */
static void conceal(void *state, struct str next, int16_t *pcm, size_t n)
{
    struct decoding *d = state;
    size_t whole = n - n % (d->rate / 400);
    bool recover = next.len > 0 && samples(d, next) > 0;
    int made = 0;
    if (whole > 0)
        made = opus_decode(decoder_of(d), recover ? (const unsigned char *)next.at : NULL,
                           recover ? (opus_int32)next.len : 0, pcm, (int)whole, recover);
    for (size_t i = made > 0 ? (size_t)made : 0; i < n; i++)
        pcm[i] = 0;
}

static void put_fmtp(struct buf *b)
{
    buf_put_lit(b, "useinbandfec=1");
}

const struct codec_operations codec_opus = {.encoder_bytes = encoder_bytes,
                                            .encoder_begin = encoder_begin,
                                            .encode = encode,
                                            .expect_loss = expect_loss,
                                            .decoder_bytes = decoder_bytes,
                                            .decoder_begin = decoder_begin,
                                            .samples = samples,
                                            .decode = decode,
                                            .conceal = conceal,
                                            .put_fmtp = put_fmtp};
