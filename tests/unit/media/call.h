/* Two streams and a network between them, in virtual time. */
#ifndef TANDEM_TESTS_MEDIA_CALL_H
#define TANDEM_TESTS_MEDIA_CALL_H

#include <assert.h>
#include <stdlib.h>

#include "../codec/tone.h"
#include "media/audio_stream.h"

#define CALL_FLIGHTS 256
#define CALL_EVENTS 64
#define CALL_FRAME_MS 20

struct call_flight {
    bool used, rtcp;
    unsigned to;
    time_ns at;
    struct addr from;
    size_t len;
    char bytes[2100];
};

struct call_side {
    struct audio_stream *stream;
    struct addr rtp, rtcp;
    unsigned rate;
    double hz, amplitude; /* of the tone that it speaks */
    size_t spoken;        /* samples */
    int16_t *heard;       /* all that was played */
    size_t n_heard, room;
    struct audio_event events[CALL_EVENTS];
    unsigned n_events;
};

struct call {
    struct call_side sides[2];
    time_ns now, began;
    struct call_flight flights[CALL_FLIGHTS];
    struct rand rand;
    /* The network: how long a packet to that side takes; TIME_NEVER: it is lost. */
    time_ns (*delay)(struct call *, unsigned to, bool rtcp);
    void (*landed)(const struct call *, const struct call_flight *); /* NULL: nobody looks on */
    bool twice;                                                      /* every packet comes twice */
    double pace_of_b;                                                /* of b's clock, 1: as a's */
    unsigned n_packets, n_flying;
};

static inline time_ns call_delay_usual(struct call *c, unsigned to, bool rtcp)
{
    (void)c, (void)to, (void)rtcp;
    return 30 * NS_PER_MS;
}

static inline struct addr call_addr(const char *text)
{
    struct addr a;
    bool good = addr_parse(str_from(text), &a);
    assert(good);
    return a;
}

static inline void call_side_begin(struct call *c, unsigned i, const struct audio_settings *s)
{
    struct call_side *side = &c->sides[i];
    struct audio_settings settings = *s;
    settings.seed = rand_seed_from(i + 7);
    side->rtp = call_addr(i ? "192.0.2.2:5000" : "192.0.2.1:4000");
    side->rtcp = side->rtp;
    side->rtcp.port++;
    side->rate = settings.rate;
    side->hz = 440;
    side->amplitude = 8000;
    side->room = (size_t)settings.rate * 700;
    side->heard = malloc(side->room * sizeof *side->heard);
    int error = audio_stream_new(&mem_libc, &settings, c->now, &side->stream);
    assert(error == OK && side->heard);
}

static inline void call_begin(struct call *c, unsigned rate)
{
    struct audio_settings s = {.rate = rate, .cname = STR("a@b"), .silent_after_s = 10};
    memset(c, 0, sizeof *c);
    c->now = c->began = 1000 * NS_PER_S;
    c->delay = call_delay_usual;
    c->pace_of_b = 1;
    rand_init(&c->rand, &(struct rand_seed){{1}});
    call_side_begin(c, 0, &s);
    call_side_begin(c, 1, &s);
}

static inline void call_end(struct call *c)
{
    for (unsigned i = 0; i < 2; i++) {
        audio_stream_free(c->sides[i].stream);
        free(c->sides[i].heard);
    }
}

/* Terms of a side: these formats, both ways. */
static inline struct audio_terms call_terms(const struct call *c, unsigned side,
                                            const struct audio_format *formats, unsigned n)
{
    const struct call_side *other = &c->sides[1 - side];
    return (struct audio_terms){.formats = formats,
                                .n_formats = n,
                                .sends = true,
                                .receives = true,
                                .rtp = other->rtp,
                                .rtcp = other->rtcp};
}

static inline struct audio_format call_format(const char *encoding, unsigned clock,
                                              unsigned channels, unsigned type)
{
    struct audio_format f = {.codec = codec_named(str_from(encoding), clock, channels),
                             .send = (uint8_t)type,
                             .receive = (uint8_t)type};
    assert(f.codec);
    return f;
}

/* Both sides agree on these. */
static inline void call_agree(struct call *c, const struct audio_format *formats, unsigned n)
{
    for (unsigned i = 0; i < 2; i++) {
        struct audio_terms terms = call_terms(c, i, formats, n);
        int error = audio_stream_agree(c->sides[i].stream, &terms, c->now);
        assert(error == OK);
    }
}

static inline void call_agree_on(struct call *c, const char *encoding, unsigned clock,
                                 unsigned channels)
{
    struct audio_format formats[] = {call_format(encoding, clock, channels, 96),
                                     call_format("telephone-event", 8000, 1, 101),
                                     call_format("CN", 8000, 1, 13)};
    call_agree(c, formats, 3);
}

static inline void call_fly(struct call *c, unsigned to, const struct addr *from, bool rtcp,
                            struct str bytes, time_ns at)
{
    for (unsigned i = 0; i < CALL_FLIGHTS; i++) {
        struct call_flight *f = &c->flights[i];
        if (f->used)
            continue;
        c->n_flying++;
        *f = (struct call_flight){.used = true, .rtcp = rtcp, .to = to, .at = at, .from = *from};
        f->len = bytes.len;
        assert(bytes.len <= sizeof f->bytes);
        memcpy(f->bytes, bytes.at, bytes.len);
        return;
    }
    assert(false);
}

static inline void call_drain(struct call *c, unsigned side)
{
    struct call_side *s = &c->sides[side];
    struct audio_output out;
    struct audio_event event;
    while (audio_stream_output(s->stream, &out)) {
        const struct call_side *other = &c->sides[1 - side];
        assert(addr_equal(&out.to, out.rtcp ? &other->rtcp : &other->rtp) ||
               addr_equal_ip(&out.to, &other->rtp));
        for (unsigned times = 0; times < (c->twice ? 2U : 1U); times++) {
            time_ns delay = c->delay(c, 1 - side, out.rtcp);
            c->n_packets++;
            if (delay != TIME_NEVER)
                call_fly(c, 1 - side, out.rtcp ? &s->rtcp : &s->rtp, out.rtcp, out.bytes,
                         c->now + delay);
        }
    }
    while (audio_stream_event(s->stream, &event)) {
        assert(s->n_events < CALL_EVENTS);
        s->events[s->n_events++] = event;
    }
}

static inline void call_land(struct call *c)
{
    for (;;) {
        struct call_flight *first = NULL;
        for (unsigned i = 0; i < CALL_FLIGHTS && c->n_flying > 0; i++) {
            struct call_flight *f = &c->flights[i];
            if (f->used && f->at <= c->now && (!first || f->at < first->at))
                first = f;
        }
        if (!first)
            return;
        struct audio_stream *stream = c->sides[first->to].stream;
        struct str bytes = {first->bytes, first->len};
        first->used = false;
        c->n_flying--;
        if (first->rtcp)
            audio_stream_take_rtcp(stream, &first->from, bytes, c->now);
        else
            audio_stream_take(stream, &first->from, bytes, c->now);
        if (c->landed)
            c->landed(c, first);
        call_drain(c, first->to);
    }
}

/* A frame is spoken and one is heard. */
static inline void call_frame(struct call *c, unsigned side)
{
    struct call_side *s = &c->sides[side];
    int16_t pcm[CALL_FRAME_MS * 48];
    size_t n = CALL_FRAME_MS * s->rate / 1000;
    tone_make(pcm, n, s->spoken, s->hz, s->amplitude, s->rate);
    s->spoken += n;
    audio_stream_send(s->stream, pcm, n, c->now);
    call_drain(c, side);
    assert(s->n_heard + n <= s->room);
    audio_stream_play(s->stream, s->heard + s->n_heard, n, c->now);
    s->n_heard += n;
    audio_stream_tick(s->stream, c->now);
    call_drain(c, side);
}

/* Time passes, a ms at a time; b's frames come 7 ms after a's at first. */
static inline void call_run(struct call *c, unsigned ms)
{
    for (unsigned i = 0; i < ms; i++, c->now += NS_PER_MS) {
        double passed = (double)(c->now - c->began) / 1e6;
        call_land(c);
        if ((double)c->sides[0].spoken * 1000 / c->sides[0].rate <= passed)
            call_frame(c, 0);
        if ((double)c->sides[1].spoken * 1000 / c->sides[1].rate <= (passed - 7) * c->pace_of_b)
            call_frame(c, 1);
    }
}

static inline unsigned call_count(const struct call *c, unsigned side, enum audio_event_type type)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->sides[side].n_events; i++)
        n += c->sides[side].events[i].type == type;
    return n;
}

/* The digits that came, each once. */
static inline struct str call_digits(const struct call *c, unsigned side, char *at)
{
    size_t n = 0;
    for (unsigned i = 0; i < c->sides[side].n_events; i++)
        if (c->sides[side].events[i].type == AUDIO_DIGIT)
            at[n++] = c->sides[side].events[i].digit;
    return (struct str){at, n};
}

static inline struct audio_report call_report(const struct call *c, unsigned side)
{
    struct audio_report r;
    audio_stream_report(c->sides[side].stream, &r);
    return r;
}

#endif
