/* Packets of voice, of digits and of comfort noise, on one line of time. */
#include "sender.h"

#include <string.h>

#include "codec/noise.h"

/* Who gives samples may be late by so much before the time that nobody gave any counts. */
#define MAY_BE_LATE (100 * NS_PER_MS)

void sender_begin(struct sender *s, struct mem *mem, unsigned rate)
{
    *s = (struct sender){.mem = mem, .rate = rate};
}

static void release(struct sender *s)
{
    encoder_free(s->encoder);
    resample_end(&s->resample);
    mem_free(s->mem, s->pending, s->room * sizeof *s->pending);
}

void sender_end(struct sender *s)
{
    release(s);
}

/* All that another codec needs; nothing of it where there is no memory for a part. */
static int prepare(struct sender *s, const struct sender_terms *terms)
{
    const struct codec *c = terms->codec;
    s->codec_rate = codec_rate(c, s->rate);
    s->frame = (size_t)terms->ptime * s->codec_rate / 1000;
    s->room = s->frame + (LIMIT_AUDIO_FRAME_MS + 1) * (size_t)s->codec_rate / 1000;
    s->encoder = NULL;
    s->n = 0;
    s->pending = mem_alloc(s->mem, s->room * sizeof *s->pending);
    if (!s->pending || !resample_begin(&s->resample, s->rate, s->codec_rate) ||
        encoder_new(s->mem, c, s->codec_rate, terms->fmtp, &s->encoder) != OK) {
        release(s);
        return ERR_NOMEM;
    }
    return OK;
}

static bool is_same(const struct sender *s, const struct sender_terms *terms)
{
    return s->encoder && terms->codec == s->terms.codec && terms->ptime == s->terms.ptime &&
           terms->fmtp.len <= SENDER_FMTP && str_equal(terms->fmtp, s->terms.fmtp);
}

int sender_agree(struct sender *s, const struct sender_terms *terms)
{
    if (!is_same(s, terms)) {
        struct sender next = *s;
        next.resample = (struct resample){0};
        if (prepare(&next, terms) != OK)
            return ERR_NOMEM;
        if (s->terms.codec && s->terms.codec->clock != terms->codec->clock)
            next.ticks = 0;
        release(s);
        *s = next;
    }
    if (s->terms.events != terms->events)
        s->dial.begun = false; /* a digit under way begins anew, the other way */
    dial_keep(&s->dial, terms->keys);
    struct str fmtp = str_slice(terms->fmtp, 0, SENDER_FMTP);
    if (fmtp.len > 0)
        memmove(s->fmtp, fmtp.at, fmtp.len);
    s->terms = *terms;
    s->terms.fmtp = (struct str){s->fmtp, terms->fmtp.len <= SENDER_FMTP ? fmtp.len : 0};
    return OK;
}

void sender_expect_loss(struct sender *s, unsigned percent)
{
    if (s->encoder)
        encoder_expect_loss(s->encoder, percent);
}

static uint32_t ticks_of(const struct sender *s, time_ns span)
{
    uint64_t clock = s->terms.codec->clock;
    return (uint32_t)(span / NS_PER_S * clock + span % NS_PER_S * clock / NS_PER_S);
}

/* RFC 3550 5.1: the timestamp goes on while nothing is given. */
static void catch_up(struct sender *s, size_t n, time_ns now)
{
    time_ns due = time_add(s->given, n * NS_PER_S / s->rate);
    if (s->given > 0 && now > time_add(due, MAY_BE_LATE)) {
        s->ticks += ticks_of(s, now - due);
        s->n = 0;
        s->speaking = false;
    }
    s->given = now;
}

void sender_put(struct sender *s, const int16_t *pcm, size_t n, time_ns now)
{
    int16_t tone[CODEC_SAMPLES];
    catch_up(s, n, now);
    if (!s->terms.events && n <= CODEC_SAMPLES && dial_tone(&s->dial, s->rate, tone, n))
        pcm = tone;
    if (s->n + resample_most(&s->resample, n) <= s->room)
        s->n += resample_run(&s->resample, pcm, n, s->pending + s->n);
}

void sender_pass(struct sender *s, size_t n, time_ns now)
{
    catch_up(s, n, now);
    s->ticks += ticks_of(s, n * NS_PER_S / s->rate);
    s->n = 0;
    s->speaking = false;
}

static bool put_event(struct sender *s, uint32_t ticks, struct sender_packet *out)
{
    struct dial_packet event;
    if (!s->terms.events ||
        !dial_event_due(&s->dial, s->terms.events->clock, s->ticks + ticks, ticks, &event))
        return false;
    memcpy(s->bytes, event.payload, sizeof event.payload);
    *out = (struct sender_packet){event.marker,
                                  s->terms.events_type,
                                  event.timestamp,
                                  {(const char *)s->bytes, sizeof event.payload}};
    return true;
}

static bool put_noise(struct sender *s, struct sender_packet *out)
{
    struct buf b;
    buf_init(&b, (char *)s->bytes, sizeof s->bytes);
    noise_describe(&b, s->pending, s->frame);
    *out = (struct sender_packet){false, s->terms.noise_type, s->ticks, buf_str(&b)};
    return true;
}

static bool put_voice(struct sender *s, struct sender_packet *out)
{
    struct buf b;
    buf_init(&b, (char *)s->bytes, sizeof s->bytes);
    bool sends = encoder_encode(s->encoder, s->pending, s->frame, &b);
    /* RFC 3551 4.1: the first packet behind silence is marked */
    *out = (struct sender_packet){!s->speaking, s->terms.voice_type, s->ticks, buf_str(&b)};
    s->speaking = sends;
    return sends;
}

/* What one packet's time has become. */
static bool put_frame(struct sender *s, uint32_t ticks, struct sender_packet *out)
{
    if (put_event(s, ticks, out))
        return true;
    if (!s->terms.noise || !dial_is_idle(&s->dial))
        return put_voice(s, out);
    enum silence_verdict verdict = silence_take(&s->silence, s->pending, s->frame, s->terms.ptime);
    if (verdict == SILENCE_NOT)
        return put_voice(s, out);
    s->speaking = false;
    return verdict == SILENCE_TELLS && put_noise(s, out);
}

bool sender_next(struct sender *s, struct sender_packet *out)
{
    bool sends = false;
    while (!sends && s->frame > 0 && s->n >= s->frame) {
        uint32_t ticks = s->terms.ptime * s->terms.codec->clock / 1000;
        sends = put_frame(s, ticks, out);
        s->ticks += ticks;
        s->n -= s->frame;
        memmove(s->pending, s->pending + s->frame, s->n * sizeof *s->pending);
    }
    return sends;
}
