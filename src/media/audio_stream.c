/* A stream's beginning, its terms and its end; what it has for its user. */
#include "audio.h"

#include <string.h>

/* RFC 3550 6.2: UDP and IP count; so many packets a second, and what a codec of any rate is taken
 * for. */
#define OVERHEAD (40 * 8 * 50)
#define BITS_USUAL 32000

int audio_stream_new(struct mem *mem, const struct audio_settings *settings, time_ns now,
                     struct audio_stream **out)
{
    unsigned rate = settings->rate;
    if (rate != 8000 && rate != 16000 && rate != 48000)
        return ERR_INVALID;
    struct audio_stream *a = mem_alloc_zero(mem, sizeof *a);
    if (!a)
        return ERR_NOMEM;
    a->mem = mem;
    a->settings = *settings;
    struct str cname = str_slice(settings->cname, 0, RTP_CNAME_BYTES);
    if (cname.len > 0)
        memcpy(a->cname, cname.at, cname.len);
    a->settings.cname = (struct str){a->cname, cname.len};
    a->began = a->heard = now;
    sender_begin(&a->sender, mem, rate);
    if (playout_begin(&a->playout, mem, rate) != OK) {
        mem_free(mem, a, sizeof *a);
        return ERR_NOMEM;
    }
    if (settings->detect_digits && !(a->in_band = in_band_new(mem, rate))) {
        audio_stream_free(a);
        return ERR_NOMEM;
    }
    *out = a;
    return OK;
}

void audio_stream_free(struct audio_stream *a)
{
    if (!a)
        return;
    sender_end(&a->sender);
    playout_end(&a->playout);
    in_band_free(a->in_band);
    mem_free(a->mem, a, sizeof *a);
}

/* --- terms --- */

static const struct audio_format *voice_of(const struct audio_terms *t)
{
    for (unsigned i = 0; i < t->n_formats; i++)
        if (t->formats[i].codec->kind == CODEC_VOICE)
            return codec_encodes(t->formats[i].codec) ? &t->formats[i] : NULL;
    return NULL;
}

/* Beside the voice: of its clock, else of any (RFC 4733 2.1 wants the same, not all obey). */
static const struct audio_format *beside(const struct audio_terms *t, enum codec_kind kind,
                                         unsigned clock)
{
    const struct audio_format *any = NULL;
    for (unsigned i = 0; i < t->n_formats; i++) {
        const struct audio_format *f = &t->formats[i];
        if (f->codec->kind == kind && f->codec->clock == clock)
            return f;
        if (f->codec->kind == kind && !any)
            any = f;
    }
    return any;
}

static struct sender_terms sender_terms_of(const struct audio_stream *a,
                                           const struct audio_terms *t,
                                           const struct audio_format *voice)
{
    unsigned clock = voice->codec->clock;
    const struct audio_format *events = beside(t, CODEC_EVENTS, clock),
                              *noise = beside(t, CODEC_NOISE, clock);
    struct sender_terms terms = {.codec = voice->codec,
                                 .fmtp = voice->send_fmtp,
                                 .ptime = codec_ptime(voice->codec, t->ptime),
                                 .voice_type = voice->send,
                                 .keys = DIAL_ALL};
    if (events) {
        terms.events = events->codec;
        terms.events_type = events->send;
        terms.keys = dial_listed(events->send_fmtp); /* RFC 4733 2.5.1.1: no others */
    }
    if (noise && noise->codec->clock == clock && a->settings.suppress_silence) {
        terms.noise = true;
        terms.noise_type = noise->send;
    }
    return terms;
}

static void begin_session(struct audio_stream *a, const struct codec *c, time_ns now)
{
    struct rtp_settings settings = {.clock = c->clock,
                                    .cname = a->settings.cname,
                                    .ntp = a->settings.ntp,
                                    .seed = a->settings.seed};
    time_ns since = now - a->began;
    settings.bandwidth = OVERHEAD + (c->bytes_per_s > 0 ? c->bytes_per_s * 8 : BITS_USUAL);
    settings.ntp += (since / NS_PER_S << 32) + ((since % NS_PER_S) << 32) / NS_PER_S;
    if (a->agreed)
        rand_bytes(&a->session.rand, settings.seed.bytes, sizeof settings.seed.bytes);
    rtp_session_begin(&a->session, &settings, now);
}

static void end_session(struct audio_stream *a, time_ns now)
{
    struct audio_sent *room = audio_room(a);
    struct buf b;
    if (!room)
        return;
    buf_init(&b, room->bytes, LIMIT_RTCP_BYTES);
    if (rtp_session_end(&a->session, &b, STR_NONE, now))
        audio_put(a, room, true, &b);
}

static void take_addresses(struct audio_stream *a, const struct audio_terms *t)
{
    bool same = a->agreed && addr_equal(&a->agreed_rtp, &t->rtp);
    a->rtcp_mux = t->rtcp_mux;
    a->latch = t->latch;
    if (same && a->latched)
        return; /* where they really are is known already */
    a->latched = false;
    a->rtp = a->agreed_rtp = t->rtp;
    a->rtcp = t->rtcp_mux ? t->rtp : t->rtcp;
}

static void take_formats(struct audio_stream *a, const struct audio_terms *t)
{
    a->n_formats = t->n_formats;
    for (unsigned i = 0; i < t->n_formats; i++)
        a->formats[i] = (struct audio_heard){t->formats[i].codec, t->formats[i].receive};
}

int audio_stream_agree(struct audio_stream *a, const struct audio_terms *t, time_ns now)
{
    const struct audio_format *voice = voice_of(t);
    const struct codec *before = a->sender.terms.codec;
    if (!voice || t->n_formats > LIMIT_SDP_FORMATS)
        return ERR_INVALID;
    struct sender_terms terms = sender_terms_of(a, t, voice);
    int error = sender_agree(&a->sender, &terms);
    if (error != OK)
        return error;
    if (!before || before->clock != voice->codec->clock) {
        if (before)
            end_session(a, now);
        begin_session(a, voice->codec, now);
    }
    take_addresses(a, t);
    take_formats(a, t);
    if (!a->receives && t->receives)
        a->heard = now;
    a->sends = t->sends;
    a->receives = t->receives;
    a->agreed = true;
    return OK;
}

void audio_stream_end(struct audio_stream *a, time_ns now)
{
    if (a->agreed && !a->ended)
        end_session(a, now);
    a->ended = true;
    a->sends = a->receives = false;
}

/* --- what waits --- */

struct audio_sent *audio_room(struct audio_stream *a)
{
    if (a->n_outputs == LIMIT_AUDIO_OUTPUTS)
        return NULL;
    return &a->outputs[(a->first_output + a->n_outputs) % LIMIT_AUDIO_OUTPUTS];
}

static bool is_anywhere(const struct addr *to)
{
    return to->family != ADDR_NONE && to->port != 0 && !addr_is_any(to);
}

void audio_put(struct audio_stream *a, struct audio_sent *room, bool rtcp, const struct buf *b)
{
    room->to = rtcp && !a->rtcp_mux ? a->rtcp : a->rtp;
    room->rtcp = rtcp && !a->rtcp_mux;
    room->len = (uint16_t)b->len;
    a->n_outputs += !b->over && is_anywhere(&room->to);
}

bool audio_stream_output(struct audio_stream *a, struct audio_output *out)
{
    if (a->n_outputs == 0)
        return false;
    const struct audio_sent *first = &a->outputs[a->first_output];
    *out = (struct audio_output){first->rtcp, first->to, {first->bytes, first->len}};
    a->first_output = (a->first_output + 1) % LIMIT_AUDIO_OUTPUTS;
    a->n_outputs--;
    return true;
}

void audio_tell(struct audio_stream *a, const struct audio_event *event)
{
    if (a->n_events < LIMIT_AUDIO_EVENTS)
        a->events[a->n_events++] = *event;
}

bool audio_stream_event(struct audio_stream *a, struct audio_event *out)
{
    if (a->n_events == 0)
        return false;
    *out = a->events[0];
    a->n_events--;
    memmove(a->events, a->events + 1, a->n_events * sizeof a->events[0]);
    return true;
}
