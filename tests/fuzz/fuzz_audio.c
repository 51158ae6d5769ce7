/* A stream that is given any packets, at any time, and any terms: it keeps its bounds, and all that
 * it sends is RTP or RTCP. The input is acts: one byte says which, then what it needs. */
#include "fuzz.h"

#include "heap.h"
#include "media/audio_stream.h"
#include "rtp/packet.h"
#include "rtp/rtcp.h"

#define FORMATS 8

static struct fuzz_heap heap;
static struct audio_format formats[FORMATS];
static const struct addr peer = {.family = ADDR_IP4, .port = 4000, .ip = {192, 0, 2, 1}};

/* A packet of voice that may be believed: header fields of the input's, and its payload. */
static void take_voice(struct audio_stream *a, struct str *input, time_ns now)
{
    char at[RTP_HEADER_BYTES + 256];
    struct rtp_packet packet = {.ssrc = draw_byte(input) & 1};
    struct buf b;
    packet.payload_type = draw_byte(input) % (FORMATS + 1) + 96;
    packet.marker = draw_byte(input) & 1;
    packet.sequence = (uint16_t)draw_uint(input, 1);
    packet.timestamp = (uint32_t)draw_uint(input, 2) * 20;
    packet.payload = draw_text(input);
    buf_init(&b, at, sizeof at);
    rtp_print(&b, &packet);
    struct str bytes = exact_copy(buf_str(&b));
    audio_stream_take(a, &peer, bytes, now);
    exact_free(bytes);
}

static void take_any(struct audio_stream *a, struct str *input, time_ns now)
{
    struct addr from = peer;
    unsigned how = draw_byte(input);
    struct str bytes = exact_copy(draw_text(input));
    from.port = (uint16_t)(from.port + (how >> 1 & 3));
    if (how & 1)
        audio_stream_take(a, &from, bytes, now);
    else
        audio_stream_take_rtcp(a, &from, bytes, now);
    exact_free(bytes);
}

static void agree(struct audio_stream *a, struct str *input, time_ns now)
{
    unsigned how = draw_byte(input), n = 0;
    struct audio_terms terms = {.formats = formats,
                                .n_formats = 1 + how % FORMATS,
                                .sends = how & 8,
                                .receives = how & 16,
                                .rtcp_mux = how & 32,
                                .latch = how & 64,
                                .ptime = draw_byte(input),
                                .rtp = peer,
                                .rtcp = peer};
    terms.rtcp.port++;
    while (codec_at(n))
        n++;
    for (unsigned i = 0; i < terms.n_formats; i++)
        formats[i] = (struct audio_format){.codec = codec_at(draw_byte(input) % n),
                                           .send = (uint8_t)(96 + i),
                                           .receive = (uint8_t)(96 + i),
                                           .send_fmtp = draw_text(input)};
    int error = audio_stream_agree(a, &terms, now);
    assert(error == OK || error == ERR_NOMEM || error == ERR_INVALID);
}

static void give_and_take(struct audio_stream *a, unsigned what, time_ns now)
{
    int16_t pcm[960];
    for (size_t i = 0; i < 960; i++)
        pcm[i] = (int16_t)(i * what * 37);
    audio_stream_send(a, pcm, 160 + what, now);
    audio_stream_play(a, pcm, 160 + what, now);
}

static void drain(struct audio_stream *a)
{
    struct audio_output out;
    struct audio_event event;
    struct rtp_packet packet;
    struct audio_report report;
    while (audio_stream_output(a, &out))
        assert(rtp_is_rtcp(out.bytes) ? rtcp_is_valid(out.bytes) : rtp_parse(out.bytes, &packet));
    while (audio_stream_event(a, &event))
        assert(event.type != AUDIO_DIGIT || event.digit);
    audio_stream_report(a, &report);
    assert(report.lost_percent >= 0 && report.lost_percent <= 100 && report.mos >= 1);
}

static void dial(struct audio_stream *a, struct str digits)
{
    int error = audio_stream_dial(a, digits, 100, 60);
    assert(error == OK || error == ERR_INVALID || error == ERR_LIMIT);
}

static void act(struct audio_stream *a, struct str *input, time_ns *now)
{
    unsigned what = draw_byte(input);
    *now += (what >> 3) * NS_PER_MS;
    switch (what & 7) {
    case 0:
        take_any(a, input, *now);
        break;
    case 1:
        agree(a, input, *now);
        break;
    case 2:
        dial(a, draw_text(input));
        break;
    case 3:
        *now += draw_byte(input) * NS_PER_S / 4;
        audio_stream_tick(a, *now);
        break;
    case 4:
        fuzz_heap_fail(&heap, draw_byte(input) & 3, 1);
        break;
    case 5:
        give_and_take(a, draw_byte(input), *now);
        break;
    default:
        take_voice(a, input, *now);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned rates[] = {8000, 16000, 48000};
    struct str input = {(const char *)data, size};
    unsigned how = draw_byte(&input);
    struct audio_settings settings = {.rate = rates[how % 3],
                                      .cname = STR("a@b"),
                                      .seed = rand_seed_from(how),
                                      .suppress_silence = how & 4,
                                      .detect_digits = how & 8,
                                      .silent_after_s = how >> 4};
    struct audio_stream *a;
    time_ns now = NS_PER_S;
    fuzz_heap_init(&heap);
    if (audio_stream_new(&heap.mem, &settings, now, &a) != OK)
        return 0;
    while (input.len > 0) {
        act(a, &input, &now);
        drain(a);
    }
    audio_stream_end(a, now);
    drain(a);
    audio_stream_free(a);
    fuzz_heap_check(&heap);
    return 0;
}
