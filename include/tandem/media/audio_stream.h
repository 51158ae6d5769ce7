/* A stream of voice between two sides: one RTP session, its codecs, the jitter buffer, digits and
 * comfort noise. Packets, samples and time come in; packets, samples and events come out. It owns
 * no socket and no clock: its user gives it `now`, and a tenth of a second late is early enough for
 * audio_stream_tick.
 *
 * The user gives samples to send and takes samples to play at the pace of his sound card or clock,
 * 20 ms at a time, and after each call drains the outputs and the events until there are none.
 * Samples are 16 bits, of one channel, at the rate of the settings, whatever the codec. */
#ifndef TANDEM_MEDIA_AUDIO_STREAM_H
#define TANDEM_MEDIA_AUDIO_STREAM_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/time.h"
#include "codec/codec.h"

struct audio_stream;

struct audio_settings {
    unsigned rate;    /* of the samples given and taken, Hz: 8000, 16000 or 48000 */
    struct str cname; /* as in struct rtp_settings; copied */
    uint64_t ntp;     /* what time it is, as in an SR, when the stream begins */
    struct rand_seed seed;
    bool suppress_silence; /* send comfort noise in the place of silence where it was agreed on */
    bool detect_digits;    /* hear tones as digits while the other side has not agreed on events */
    unsigned silent_after_s; /* when nothing came for so long, say so; 0: never */
};

/* ERR_NOMEM; ERR_INVALID: the rate is none of those. */
MUST_USE int audio_stream_new(struct mem *, const struct audio_settings *, time_ns now,
                              struct audio_stream **);
void audio_stream_free(struct audio_stream *); /* NULL is legal; says no BYE: audio_stream_end */

/* --- what offer and answer came to --- */

struct audio_format {
    const struct codec *codec;
    uint8_t send, receive; /* payload types: what they and what we gave it */
    struct str send_fmtp;  /* what they say of it */
};

struct audio_terms {
    /* Up to LIMIT_SDP_FORMATS; the first voice is what we send with. Events and comfort noise of
     * that one's clock go with it. */
    const struct audio_format *formats;
    unsigned n_formats;
    bool sends, receives;  /* the direction, as we see it */
    unsigned ptime;        /* ms that they want in a packet; 0: nothing is said */
    struct addr rtp, rtcp; /* where they receive; `rtcp` does not count with rtcp_mux */
    bool rtcp_mux;
    bool latch; /* they may be behind a NAT: what comes first, and is believed, says where they are
                   (RFC 4961; strangers may guess, so only where it is asked for) */
};

/* At first, and after each offer and answer. What goes on goes on: a session is begun anew, and its
 * BYE said, only when the clock of what we send changes (RFC 7160 4). ERR_NOMEM; ERR_INVALID: no
 * voice is among the formats, or the first one cannot be encoded here. Neither changes anything. */
MUST_USE int audio_stream_agree(struct audio_stream *, const struct audio_terms *, time_ns now);

/* --- in --- */

/* A datagram has come to the RTP port, or to the RTCP port. Only who was agreed on is heard, or
 * latched on to; others are counted. Without memory a packet is lost. */
void audio_stream_take(struct audio_stream *, const struct addr *from, struct str bytes,
                       time_ns now);
void audio_stream_take_rtcp(struct audio_stream *, const struct addr *from, struct str bytes,
                            time_ns now);
/* `n` samples to send, up to LIMIT_AUDIO_FRAME_MS. Packets go as soon as one is full; while we do
 * not send nothing does, and time passes all the same. */
void audio_stream_send(struct audio_stream *, const int16_t *pcm, size_t n, time_ns now);
/* `n` samples to play, up to LIMIT_AUDIO_FRAME_MS: silence where there is nothing. */
void audio_stream_play(struct audio_stream *, int16_t *pcm, size_t n, time_ns now);
/* Digits to send, of 0-9 * # A-D, behind those that wait: as events where these were agreed on,
 * else as tones in the voice. Each lasts `ms` (40 to 5000), with `gap_ms` (at least 40) behind it.
 * ERR_INVALID: another character, one that they do not take as an event (RFC 4733 2.5.1.1), or
 * times out of range; ERR_LIMIT: LIMIT_AUDIO_DIGITS wait. */
MUST_USE int audio_stream_dial(struct audio_stream *, struct str digits, unsigned ms,
                               unsigned gap_ms);
/* Time has passed; what was due is done. Early is legal. */
void audio_stream_tick(struct audio_stream *, time_ns now);
time_ns audio_stream_deadline(const struct audio_stream *);
/* The stream ends: a BYE may be among the outputs. Then it is silent. */
void audio_stream_end(struct audio_stream *, time_ns now);

/* --- out --- */

struct audio_output {
    bool rtcp; /* from the RTCP port, if there is one; else from the RTP port */
    struct addr to;
    struct str bytes; /* borrowed until the next call */
};
/* False: none is left. */
bool audio_stream_output(struct audio_stream *, struct audio_output *out);

enum audio_event_type {
    AUDIO_HEARD,   /* the first packet of who was agreed on */
    AUDIO_LATCHED, /* they send from `from`, and are sent to there */
    AUDIO_CHANGED, /* another source speaks (SSRC) */
    AUDIO_CODEC,   /* they send with another codec: `codec` */
    AUDIO_DIGIT,   /* `digit` came, and lasted `ms` */
    AUDIO_DIALED,  /* the last digit that waited is sent */
    AUDIO_SILENT   /* nothing came for so long */
};
struct audio_event {
    enum audio_event_type type;
    char digit;
    bool in_band; /* it was heard as a tone */
    unsigned ms;
    const struct codec *codec;
    struct addr from;
};
bool audio_stream_event(struct audio_stream *, struct audio_event *out);

/* --- how it is --- */

struct audio_report {
    const struct codec *sends, *hears;                   /* NULL: nothing yet */
    unsigned ptime;                                      /* ms of a packet of ours */
    uint64_t sent, sent_bytes, received, received_bytes; /* RTP packets, and what they bore */
    uint64_t late, duplicates, strangers, unknown; /* came too late, again, from elsewhere, with a
                                                      payload type that was not agreed on */
    int64_t lost;               /* of theirs, as RFC 3550 counts: a duplicate makes up for one */
    double lost_percent;        /* of what was sent, late ones included */
    double concealed_percent;   /* of what was played, made up */
    double jitter_ms, delay_ms; /* of the network (RFC 3550 A.8), of the jitter buffer */
    double round_trip_ms;       /* below 0: not known */
    bool told;                  /* the other side has reported: */
    double their_lost_percent, their_jitter_ms;
    double r, mos;                  /* what is heard, by the E-model (media/quality.h) */
    double level_sent, level_heard; /* dBov of the last quarter of a second; -127: silence */
};
void audio_stream_report(const struct audio_stream *, struct audio_report *out);

#endif
