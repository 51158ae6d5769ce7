/* What is given to be sent, and what is taken to be played. */
#include "audio.h"

static size_t most_of(const struct audio_stream *a, size_t n)
{
    size_t most = (size_t)LIMIT_AUDIO_FRAME_MS * a->settings.rate / 1000;
    return n < most ? n : most;
}

static void send_packet(struct audio_stream *a, const struct sender_packet *packet, time_ns now)
{
    struct audio_sent *room = audio_room(a);
    struct buf b;
    if (!room)
        return;
    buf_init(&b, room->bytes, sizeof room->bytes);
    rtp_session_send(&a->session, &b, packet->marker, packet->payload_type, packet->timestamp,
                     packet->payload, now);
    a->sent++;
    a->sent_bytes += packet->payload.len;
    audio_put(a, room, false, &b);
}

void audio_stream_send(struct audio_stream *a, const int16_t *pcm, size_t n, time_ns now)
{
    struct sender_packet packet;
    bool dialed = dial_is_idle(&a->sender.dial);
    n = most_of(a, n);
    if (!a->agreed)
        return;
    if (!a->sends || a->ended) {
        sender_pass(&a->sender, n, now);
        return;
    }
    level_take(&a->level_sent, pcm, n, a->settings.rate);
    sender_put(&a->sender, pcm, n, now);
    while (sender_next(&a->sender, &packet))
        send_packet(a, &packet, now);
    if (!dialed && dial_is_idle(&a->sender.dial))
        audio_tell(a, &(struct audio_event){.type = AUDIO_DIALED});
}

int audio_stream_dial(struct audio_stream *a, struct str digits, unsigned ms, unsigned gap_ms)
{
    uint16_t keys = a->agreed ? a->sender.terms.keys : DIAL_ALL;
    return dial_put(&a->sender.dial, digits, keys, ms, gap_ms);
}

/* Tones count as digits while there is no better way. */
static void listen(struct audio_stream *a, const int16_t *pcm, size_t n)
{
    char digit;
    if (!a->in_band || a->sender.terms.events)
        return;
    in_band_take(a->in_band, pcm, n);
    while ((digit = in_band_next(a->in_band)))
        audio_tell(a, &(struct audio_event){.type = AUDIO_DIGIT, .digit = digit, .in_band = true});
}

void audio_stream_play(struct audio_stream *a, int16_t *pcm, size_t n, time_ns now)
{
    size_t most = most_of(a, n);
    playout_take(&a->playout, pcm, most, now);
    for (size_t i = most; i < n; i++)
        pcm[i] = 0;
    level_take(&a->level_heard, pcm, most, a->settings.rate);
    listen(a, pcm, most);
}

void audio_put_rtcp(struct audio_stream *a, time_ns now)
{
    struct audio_sent *room;
    struct buf b;
    while ((room = audio_room(a))) {
        buf_init(&b, room->bytes, LIMIT_RTCP_BYTES);
        if (!rtp_session_tick(&a->session, now, &b))
            return;
        audio_put(a, room, true, &b);
    }
}
