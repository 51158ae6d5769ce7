/* What comes: from whom, of which source, with which codec. */
#include "audio.h"

/* Who is not the source that is heard is not heard before it has been silent for so long. */
#define SOURCE_HOLDS (100 * NS_PER_MS)
/* RFC 3550 A.1: packets in sequence, of whom nothing was agreed on. */
#define PROBATION 2

/* Is this where they are, or where they may turn out to be? */
static bool may_speak(const struct audio_stream *a, const struct addr *from)
{
    return addr_equal(from, &a->rtp) || (a->latch && !a->latched);
}

static void latch_on(struct audio_stream *a, const struct addr *from)
{
    if (!a->latch || a->latched)
        return;
    a->latched = true;
    if (addr_equal(from, &a->rtp))
        return;
    a->rtp = *from;
    if (!a->rtcp_mux) { /* until theirs is seen: the next port, as RFC 3550 11 has it */
        a->rtcp = *from;
        a->rtcp.port++;
    }
    audio_tell(a, &(struct audio_event){.type = AUDIO_LATCHED, .from = *from});
}

static void remember_past(struct audio_stream *a)
{
    a->past.lost += rtp_source_lost(&a->source);
    a->past.expected += rtp_source_expected(&a->source);
}

/* One source is heard at a time. */
static bool is_heard(struct audio_stream *a, uint32_t ssrc, time_ns now)
{
    if (!a->has_source) {
        audio_tell(a, &(struct audio_event){.type = AUDIO_HEARD, .from = a->rtp});
        a->has_source = true;
        a->ssrc = ssrc;
        return true;
    }
    if (ssrc == a->ssrc)
        return true;
    if (now < time_add(a->heard, SOURCE_HOLDS))
        return false;
    remember_past(a);
    a->ssrc = ssrc;
    a->source.base = 0;
    playout_restart(&a->playout);
    audio_tell(a, &(struct audio_event){.type = AUDIO_CHANGED, .from = a->rtp});
    return true;
}

static void follow_source(struct audio_stream *a, const struct rtp_member *member,
                          enum rtp_arrival arrival)
{
    if (arrival == RTP_RESTART && a->source.base != 0 && a->source.base != member->source.base) {
        remember_past(a);
        playout_restart(&a->playout);
    }
    a->source = member->source;
}

static const struct codec *codec_of(const struct audio_stream *a, uint8_t type)
{
    for (unsigned i = 0; i < a->n_formats; i++)
        if (a->formats[i].type == type)
            return a->formats[i].codec;
    return NULL;
}

static void hear(struct audio_stream *a, const struct rtp_packet *packet, const struct codec *c,
                 time_ns now)
{
    if (c->kind == CODEC_EVENTS) {
        playout_skip(&a->playout, packet);
        digits_take(&a->digits, packet->payload, packet->timestamp, packet->marker, c->clock, now);
        return;
    }
    if (c->kind == CODEC_VOICE && c != a->hears) {
        a->hears = c;
        audio_tell(a, &(struct audio_event){.type = AUDIO_CODEC, .codec = c});
    }
    playout_put(&a->playout, packet, c, now);
}

static void tell_digits(struct audio_stream *a)
{
    struct digit digit;
    while (digits_next(&a->digits, &digit))
        audio_tell(a,
                   &(struct audio_event){.type = AUDIO_DIGIT, .digit = digit.key, .ms = digit.ms});
}

static void take_packet(struct audio_stream *a, const struct rtp_packet *packet,
                        const struct rtp_member *member, enum rtp_arrival arrival, time_ns now)
{
    const struct codec *c = codec_of(a, packet->payload_type);
    if (!is_heard(a, packet->ssrc, now))
        return;
    follow_source(a, member, arrival);
    a->received++;
    a->received_bytes += packet->payload.len;
    a->heard = now;
    a->silent = false;
    a->unknown += !c;
    if (c && a->receives)
        hear(a, packet, c, now);
    tell_digits(a);
}

/* RFC 7160 4.2: each payload type's timestamps have their own clock, which has to be known before
 * the packet is measured. Events count by the clock of the voice beside them. */
static void hear_clock_of(struct audio_stream *a, struct str bytes)
{
    const struct codec *c = bytes.len > 1 ? codec_of(a, bytes.at[1] & 0x7f) : NULL;
    if (c && c->kind == CODEC_VOICE)
        rtp_session_hear(&a->session, c->clock);
}

void audio_stream_take(struct audio_stream *a, const struct addr *from, struct str bytes,
                       time_ns now)
{
    struct rtp_packet packet;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    if (!a->agreed || a->ended)
        return;
    if (a->rtcp_mux && rtp_is_rtcp(bytes)) {
        audio_stream_take_rtcp(a, from, bytes, now);
        return;
    }
    if (!may_speak(a, from)) {
        a->strangers++;
        return;
    }
    hear_clock_of(a, bytes);
    bool expected = addr_equal(from, &a->rtp) && !a->has_source;
    if (!rtp_session_take(&a->session, from, bytes, now, expected ? 0 : PROBATION, &packet, &member,
                          &arrival))
        return;
    latch_on(a, from);
    take_packet(a, &packet, member, arrival, now);
}

/* Theirs is where it was agreed on, or, behind a NAT, at the address that RTP comes from. */
static bool may_report(const struct audio_stream *a, const struct addr *from)
{
    if (a->rtcp_mux)
        return addr_equal(from, &a->rtp);
    return addr_equal(from, &a->rtcp) || (a->latched && addr_equal_ip(from, &a->rtp));
}

void audio_stream_take_rtcp(struct audio_stream *a, const struct addr *from, struct str bytes,
                            time_ns now)
{
    if (!a->agreed || a->ended)
        return;
    if (!may_report(a, from)) {
        a->strangers++;
        return;
    }
    if (!rtp_session_take_rtcp(&a->session, from, bytes, now))
        return;
    if (!a->rtcp_mux)
        a->rtcp = *from;
    unsigned percent = a->session.echo.lost_of_256 * 100 / 256;
    if (percent != a->expected_loss)
        sender_expect_loss(&a->sender, percent);
    a->expected_loss = percent;
}

static time_ns silent_at(const struct audio_stream *a)
{
    if (a->settings.silent_after_s == 0 || a->silent || !a->receives)
        return TIME_NEVER;
    return time_add(a->heard, a->settings.silent_after_s * NS_PER_S);
}

void audio_stream_tick(struct audio_stream *a, time_ns now)
{
    if (!a->agreed || a->ended)
        return;
    digits_tick(&a->digits, now);
    tell_digits(a);
    if (now >= silent_at(a)) {
        a->silent = true;
        audio_tell(a, &(struct audio_event){.type = AUDIO_SILENT});
    }
    audio_put_rtcp(a, now);
}

time_ns audio_stream_deadline(const struct audio_stream *a)
{
    if (!a->agreed || a->ended)
        return TIME_NEVER;
    time_ns due = time_min(digits_deadline(&a->digits), silent_at(a));
    return time_min(due, rtp_session_deadline(&a->session));
}
