/* Owns a call's stream of media and moves its frames, twenty milliseconds at a time. */
#include "phone/voice.h"

#include <string.h>

#define FRAME_SAMPLES 960           /* at the highest rate */
#define LATE_MOST (200 * NS_PER_MS) /* what is later is not caught up with: the machine slept */
#define BATCHES_MOST 16             /* read from one socket before the others get their turn */
#define DROPPED_MOST 4096
#define LOOK (100 * NS_PER_MS) /* so often at what comes where nobody listens */
#define RINGBACK_RATE 8000
#define DIGIT_MS 100
#define GAP_MS 80
#define PAUSE (NS_PER_S)     /* of a comma */
#define FIRST (NS_PER_S / 2) /* before the first digit: whoever answered has to listen first */
#define NTP_UNIX UINT64_C(2208988800)

bool voice_begin(struct voice *v, const struct voice_settings *settings, const struct addr *at,
                 struct rand *rand, struct host *host, uint64_t token, const char **why)
{
    *v = (struct voice){.settings = *settings, .next = TIME_NEVER, .digits_at = TIME_NEVER};
    int error = rtp_port_open(&v->port, at, rand, host_loop(host), token, host_clock(host));
    if (error) {
        *why = strerror(error);
        return false;
    }
    v->offer = (struct sdp_stream){.kind = STR("audio"),
                                   .proto = STR("RTP/AVP"),
                                   .port = v->port.local.port,
                                   .rtcp_mux = true,
                                   .direction = SDP_SENDRECV,
                                   .codecs = settings->codecs->sdp,
                                   .n_codecs = settings->codecs->n};
    return true;
}

static void send_out(struct voice *v)
{
    struct audio_output o;
    while (audio_stream_output(v->stream, &o))
        rtp_port_send(&v->port, o.rtcp, &o.to, o.bytes);
}

/* A packet may have come behind `now`, and time does not go back for a stream. */
static time_ns present(const struct voice *v, time_ns now)
{
    return v->heard_at > now ? v->heard_at : now;
}

static void take(struct voice *v, bool rtcp, const struct rtp_in *in)
{
    v->heard_at = present(v, in->at);
    if (rtcp)
        audio_stream_take_rtcp(v->stream, &in->from, in->bytes, v->heard_at);
    else
        audio_stream_take(v->stream, &in->from, in->bytes, v->heard_at);
    send_out(v);
}

/* What nobody has agreed on yet is not kept. */
static void read_all(struct voice *v, bool rtcp)
{
    struct rtp_batch b;
    bool more = true;
    unsigned most = v->stream ? BATCHES_MOST : DROPPED_MOST;
    for (unsigned i = 0; more && i < most; i++) {
        more = rtp_port_receive(&v->port, rtcp, &b);
        for (unsigned k = 0; v->stream && k < b.n; k++)
            take(v, rtcp, &b.in[k]);
    }
}

void voice_ready(struct voice *v)
{
    read_all(v, true);
}

void voice_hear(struct voice *v)
{
    read_all(v, false);
}

void voice_end(struct voice *v, time_ns now)
{
    if (v->stream) {
        audio_stream_end(v->stream, present(v, now));
        send_out(v);
    }
    audio_stream_free(v->stream);
    source_free(v->source);
    source_free(v->ringback);
    voice_end_recording(v);
    rtp_port_close(&v->port);
}

void voice_end_recording(struct voice *v)
{
    recording_free(v->recording);
    v->recording = NULL;
}

/* --- what is agreed --- */

/* The time of an SR (RFC 3550 4): our clock began as unix time. */
static uint64_t ntp_of(time_ns now)
{
    return (now / NS_PER_S + NTP_UNIX) << 32 | (now % NS_PER_S << 32) / NS_PER_S;
}

static int make_stream(struct voice *v, const struct audio_format *formats, unsigned n,
                       struct rand *rand, time_ns now)
{
    struct audio_settings s = {.rate = codecs_rate(formats, n),
                               .cname = str_from(v->settings.cname),
                               .ntp = ntp_of(now),
                               .detect_digits = true,
                               .silent_after_s = 20};
    rand_bytes(rand, &s.seed, sizeof s.seed);
    v->rate = s.rate;
    return audio_stream_new(&mem_libc, &s, now, &v->stream);
}

/* A file that cannot be used is told, and silence or nothing stands in its place. */
static int make_ends(struct voice *v, const char **why)
{
    int error = v->settings.play
                    ? source_file(&mem_libc, v->rate, v->settings.play, false, &v->source, why)
                    : source_silence(&mem_libc, &v->source);
    if (error == ERR_INVALID)
        error = source_silence(&mem_libc, &v->source);
    if (!error && v->settings.record)
        error = recording_new(&mem_libc, v->settings.record, v->rate, 1, &v->recording, why);
    return error == ERR_INVALID ? OK : error;
}

/* On the loopback device nobody is a stranger from elsewhere, and whoever says another address of
 * this machine sends from it all the same. */
static bool latches(const struct voice *v)
{
    return v->settings.latch || addr_is_loopback(&v->port.local);
}

static struct audio_terms terms_of(const struct voice *v, const struct sdp_agreed *a,
                                   const struct audio_format *formats, unsigned n)
{
    struct audio_terms t = {.formats = formats,
                            .n_formats = n,
                            .sends = (a->direction & SDP_SENDONLY) && !addr_is_any(&a->place.addr),
                            .receives = (a->direction & SDP_RECVONLY) != 0,
                            .ptime = a->ptime,
                            .rtp = a->place.addr,
                            .rtcp = a->rtcp.place.addr,
                            .rtcp_mux = a->rtcp_mux,
                            .latch = latches(v)};
    t.rtp.port = a->port;
    t.rtcp.port = a->rtcp.port;
    return t;
}

static void end_ringback(struct voice *v)
{
    source_free(v->ringback);
    v->ringback = NULL;
}

int voice_agree(struct voice *v, const struct sdp_stream *stream, const struct sdp_agreed *a,
                struct rand *rand, time_ns now, const char **why)
{
    struct audio_format formats[LIMIT_SDP_FORMATS];
    unsigned n = codecs_agreed(stream, a, formats);
    const struct audio_terms terms = terms_of(v, a, formats, n);
    int error = OK;
    end_ringback(v);
    voice_hear(v);
    now = present(v, now);
    if (!v->stream) {
        error = make_stream(v, formats, n, rand, now);
        if (!error)
            error = make_ends(v, why);
        v->heard_at = now;
        v->next = (now / VOICE_FRAME + 1) * VOICE_FRAME; /* all calls' frames share a wake-up */
    }
    if (!error)
        error = audio_stream_agree(v->stream, &terms, now);
    if (!error)
        send_out(v);
    return error;
}

void voice_ring(struct voice *v, time_ns now)
{
    if (v->ringback || v->stream)
        return;
    (void)!source_tone(&mem_libc, RINGBACK_RATE, SOURCE_RINGBACK, &v->ringback);
    v->rate = RINGBACK_RATE;
    v->next = (now / VOICE_FRAME + 1) * VOICE_FRAME;
}

/* --- digits --- */

void voice_dial(struct voice *v, const char *digits, time_ns now)
{
    size_t left = v->digits ? strlen(v->digits) : 0, more = strlen(digits);
    if (left + more >= sizeof v->keys)
        return;
    memmove(v->keys, v->digits ? v->digits : "", left);
    memcpy(v->keys + left, digits, more + 1);
    v->digits = v->keys;
    if (left == 0)
        v->digits_at = now + (v->has_dialed ? 0 : FIRST);
    v->has_dialed = true;
}

/* Up to the next pause; what follows goes when they are sent. */
static void dial_some(struct voice *v, time_ns now)
{
    size_t n = strcspn(v->digits, ",");
    if (n == 0) {
        v->digits_at = now + PAUSE;
        n = 1;
    } else {
        (void)!audio_stream_dial(v->stream, (struct str){v->digits, n}, DIGIT_MS, GAP_MS);
        v->digits_at = TIME_NEVER;
    }
    v->digits += n;
    if (*v->digits == '\0')
        v->digits = NULL;
}

bool voice_event(struct voice *v, struct audio_event *e, time_ns now)
{
    if (!v->stream || !audio_stream_event(v->stream, e))
        return false;
    if (e->type == AUDIO_DIALED && v->digits)
        v->digits_at = now;
    return true;
}

/* --- frames --- */

static void fill(struct voice *v, struct card *card, int16_t *pcm, size_t n)
{
    size_t got = 0;
    if (card && !v->settings.play) {
        got = card_take(card, pcm, n);
        memset(pcm + got, 0, (n - got) * sizeof *pcm);
    } else {
        (void)source_take(v->source, pcm, n); /* silence behind its end */
    }
    if (v->muted)
        memset(pcm, 0, n * sizeof *pcm);
}

static void move_frame(struct voice *v, struct card *card, time_ns now)
{
    int16_t pcm[FRAME_SAMPLES];
    size_t n = v->rate / 50;
    fill(v, card, pcm, n);
    audio_stream_send(v->stream, pcm, n, now);
    send_out(v);
    audio_stream_play(v->stream, pcm, n, now);
    if (v->recording)
        (void)recording_put(v->recording, pcm, pcm, n);
    if (card)
        card_give(card, pcm, n);
    send_out(v);
}

static time_ns pace_of(const struct voice *v)
{
    return v->settings.silent ? LOOK : VOICE_FRAME;
}

/* What came since the last frame is there when this one is played. */
static void move_frames(struct voice *v, struct card *card, time_ns now)
{
    if (v->next > now)
        return;
    voice_hear(v);
    if (v->next + LATE_MOST < now)
        v->next = now / VOICE_FRAME * VOICE_FRAME;
    for (; v->next <= now; v->next += pace_of(v))
        if (!v->settings.silent)
            move_frame(v, card, present(v, now));
}

static void move_ringback(struct voice *v, struct card *card, time_ns now)
{
    int16_t pcm[RINGBACK_RATE / 50];
    for (; v->next <= now; v->next += VOICE_FRAME) {
        (void)source_take(v->ringback, pcm, RINGBACK_RATE / 50);
        card_give(card, pcm, RINGBACK_RATE / 50);
    }
}

void voice_time(struct voice *v, struct card *card, time_ns now)
{
    if (v->ringback && card)
        move_ringback(v, card, now);
    else if (v->ringback)
        end_ringback(v); /* nobody hears it */
    if (!v->stream)
        return;
    if (v->digits && v->digits_at <= now)
        dial_some(v, now);
    move_frames(v, card, now);
    if (audio_stream_deadline(v->stream) <= now) {
        audio_stream_tick(v->stream, present(v, now));
        send_out(v);
    }
}

time_ns voice_deadline(const struct voice *v)
{
    if (!v->stream)
        return v->ringback ? v->next : TIME_NEVER;
    time_ns at = time_min(v->next, audio_stream_deadline(v->stream));
    return v->digits ? time_min(at, v->digits_at) : at;
}
