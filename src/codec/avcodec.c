/* Codecs of libavcodec, in a build that has it: G.723.1 both ways; of G.729 and iLBC (RFC
 * 3551 4.5.4 to 4.5.6, RFC 3952) it has decoders alone. Their memory is the C library's. */
#include "operations.h"

#include <libavcodec/avcodec.h>

#define RATE 8000
#define FRAME_MOST 64 /* bytes of the longest frame, and more */

struct frames {
    AVCodecContext *context;
    AVPacket *packet;
    AVFrame *frame;
};

static void close_frames(struct frames *f)
{
    avcodec_free_context(&f->context);
    av_packet_free(&f->packet);
    av_frame_free(&f->frame);
}

/* `bytes` of each frame where the codec has to be told; 0: it has not. */
static bool open_frames(struct frames *f, const AVCodec *codec, int bytes)
{
    av_log_set_level(AV_LOG_QUIET);
    f->context = codec ? avcodec_alloc_context3(codec) : NULL;
    f->packet = av_packet_alloc();
    f->frame = av_frame_alloc();
    if (f->context && f->packet && f->frame) {
        f->context->sample_rate = RATE;
        f->context->sample_fmt = AV_SAMPLE_FMT_S16;
        f->context->block_align = bytes;
        f->context->bit_rate = 6300;
        av_channel_layout_default(&f->context->ch_layout, 1);
        if (avcodec_open2(f->context, codec, NULL) == 0)
            return true;
    }
    close_frames(f);
    return false;
}

static size_t frames_bytes(void)
{
    return sizeof(struct frames);
}

static void end(void *state)
{
    close_frames(state);
}

/* One frame; false: it is broken. */
static bool decode_frame(struct frames *f, const char *at, size_t len, int16_t *pcm, size_t n)
{
    uint8_t padded[FRAME_MOST + AV_INPUT_BUFFER_PADDING_SIZE] = {0};
    memcpy(padded, at, len);
    f->packet->data = padded;
    f->packet->size = (int)len;
    bool good = avcodec_send_packet(f->context, f->packet) == 0 &&
                avcodec_receive_frame(f->context, f->frame) == 0 && f->frame->nb_samples == (int)n;
    if (good)
        memcpy(pcm, f->frame->data[0], n * sizeof *pcm);
    f->packet->data = NULL;
    f->packet->size = 0;
    return good;
}

/* --- G.723.1 (RFC 3551 4.5.3): the first byte tells how long a frame is --- */

#define G723_SAMPLES 240U

static size_t g723_frame(char first)
{
    static const uint8_t bytes[] = {24, 20, 4, 1};
    return bytes[(uint8_t)first & 3];
}

static bool g723_begin(void *state, unsigned rate)
{
    (void)rate;
    return open_frames(state, avcodec_find_decoder(AV_CODEC_ID_G723_1), 0);
}

static bool g723_encoder_begin(void *state, unsigned rate, struct str fmtp)
{
    (void)rate, (void)fmtp;
    return open_frames(state, avcodec_find_encoder(AV_CODEC_ID_G723_1), 0);
}

static size_t g723_samples(const void *state, struct str payload)
{
    size_t n = 0;
    (void)state;
    while (payload.len > 0) {
        size_t len = g723_frame(payload.at[0]);
        if (len > payload.len)
            return 0;
        payload = str_slice(payload, len, payload.len);
        n += G723_SAMPLES;
    }
    return n;
}

static bool decode_g723(void *state, struct str payload, int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; i += G723_SAMPLES) {
        size_t len = g723_frame(payload.at[0]);
        if (!decode_frame(state, payload.at, len, pcm + i, G723_SAMPLES))
            return false;
        payload = str_slice(payload, len, payload.len);
    }
    return true;
}

/* One frame; how many bytes. */
static size_t encode_frame(struct frames *f, const int16_t *pcm, uint8_t *at, size_t cap)
{
    size_t len = 0;
    f->frame->nb_samples = (int)G723_SAMPLES;
    f->frame->format = AV_SAMPLE_FMT_S16;
    f->frame->sample_rate = RATE;
    av_channel_layout_default(&f->frame->ch_layout, 1);
    if (av_frame_get_buffer(f->frame, 0) == 0) {
        memcpy(f->frame->data[0], pcm, G723_SAMPLES * sizeof *pcm);
        if (avcodec_send_frame(f->context, f->frame) == 0 &&
            avcodec_receive_packet(f->context, f->packet) == 0 && (size_t)f->packet->size <= cap) {
            len = (size_t)f->packet->size;
            memcpy(at, f->packet->data, len);
        }
    }
    av_packet_unref(f->packet);
    av_frame_unref(f->frame);
    return len;
}

static size_t encode_g723(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap)
{
    size_t len = 0;
    for (size_t i = 0; i + G723_SAMPLES <= n; i += G723_SAMPLES)
        len += encode_frame(state, pcm + i, at + len, cap - len);
    return len;
}

const struct codec_operations codec_g723 = {.encoder_bytes = frames_bytes,
                                            .encoder_begin = g723_encoder_begin,
                                            .encoder_end = end,
                                            .encode = encode_g723,
                                            .decoder_bytes = frames_bytes,
                                            .decoder_begin = g723_begin,
                                            .decoder_end = end,
                                            .samples = g723_samples,
                                            .decode = decode_g723};

/* --- G.729: frames of 10 bytes; two behind them (Annex B) tell of silence, and are passed over ---
 */

#define G729_BYTES 10U
#define G729_SAMPLES 80U

static bool g729_begin(void *state, unsigned rate)
{
    (void)rate;
    return open_frames(state, avcodec_find_decoder(AV_CODEC_ID_G729), (int)G729_BYTES);
}

static size_t g729_samples(const void *state, struct str payload)
{
    size_t rest = payload.len % G729_BYTES;
    (void)state;
    return rest == 0 || rest == 2 ? payload.len / G729_BYTES * G729_SAMPLES : 0;
}

static bool decode_g729(void *state, struct str payload, int16_t *pcm, size_t n)
{
    for (size_t i = 0; i * G729_SAMPLES < n; i++)
        if (!decode_frame(state, payload.at + i * G729_BYTES, G729_BYTES, pcm + i * G729_SAMPLES,
                          G729_SAMPLES))
            return false;
    return true;
}

static void put_g729(struct buf *b)
{
    buf_put_lit(b, "annexb=no");
}

const struct codec_operations codec_g729 = {.decoder_bytes = frames_bytes,
                                            .decoder_begin = g729_begin,
                                            .decoder_end = end,
                                            .samples = g729_samples,
                                            .decode = decode_g729,
                                            .put_fmtp = put_g729};

/* --- iLBC: frames of 50 bytes and 30 ms, or of 38 and 20 ms; one of both in a stream --- */

struct ilbc {
    struct frames of_30_ms, of_20_ms;
};

#define ILBC_LONG 50U
#define ILBC_SHORT 38U

static size_t ilbc_bytes(void)
{
    return sizeof(struct ilbc);
}

static void ilbc_end(void *state)
{
    struct ilbc *i = state;
    close_frames(&i->of_30_ms);
    close_frames(&i->of_20_ms);
}

static bool ilbc_begin(void *state, unsigned rate)
{
    struct ilbc *i = state;
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_ILBC);
    (void)rate;
    if (open_frames(&i->of_30_ms, codec, (int)ILBC_LONG) &&
        open_frames(&i->of_20_ms, codec, (int)ILBC_SHORT))
        return true;
    ilbc_end(i);
    return false;
}

static bool is_long(struct str payload)
{
    return payload.len % ILBC_LONG == 0;
}

static size_t ilbc_samples(const void *state, struct str payload)
{
    (void)state;
    if (is_long(payload))
        return payload.len / ILBC_LONG * (RATE * 30 / 1000);
    return payload.len % ILBC_SHORT == 0 ? payload.len / ILBC_SHORT * (RATE * 20 / 1000) : 0;
}

static bool decode_ilbc(void *state, struct str payload, int16_t *pcm, size_t n)
{
    struct ilbc *ilbc = state;
    struct frames *f = is_long(payload) ? &ilbc->of_30_ms : &ilbc->of_20_ms;
    size_t len = is_long(payload) ? ILBC_LONG : ILBC_SHORT, each = n / (payload.len / len);
    for (size_t i = 0; i * each < n; i++)
        if (!decode_frame(f, payload.at + i * len, len, pcm + i * each, each))
            return false;
    return true;
}

const struct codec_operations codec_ilbc = {.decoder_bytes = ilbc_bytes,
                                            .decoder_begin = ilbc_begin,
                                            .decoder_end = ilbc_end,
                                            .samples = ilbc_samples,
                                            .decode = decode_ilbc};
