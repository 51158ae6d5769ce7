/* The voice of one call: a stream of media on its sockets, what is played into it and what is made
 * of what is heard. Knows no call. */
#ifndef TANDEM_PHONE_VOICE_H
#define TANDEM_PHONE_VOICE_H

#include "host/host.h"
#include "media/card.h"
#include "media/recording.h"
#include "media/source.h"
#include "phone/codecs.h"
#include "phone/rtp_port.h"

#define VOICE_FRAME (20 * NS_PER_MS)

struct voice_settings {
    const struct codecs *codecs;
    const char *play, *record; /* WAV files; NULL: silence, nothing */
    bool silent;               /* nothing is sent but reports, nothing is looked at */
    bool latch;                /* struct audio_terms */
    const char *cname;
};

struct voice {
    struct voice_settings settings;
    struct rtp_port port;
    struct audio_stream *stream; /* NULL: nothing was agreed on yet */
    unsigned rate;               /* of its samples */
    struct source *source, *ringback;
    struct recording *recording;
    struct sdp_stream offer; /* what we say of it */
    time_ns next;            /* frame */
    time_ns heard_at;        /* when the last packet came, or since when the stream is there */
    bool muted, has_dialed;
    const char *digits; /* left to be sent; NULL: none */
    time_ns digits_at;  /* when the next ones go; TIME_NEVER: when those that wait are sent */
    char keys[64];
};

/* Opens the sockets; that of RTCP is watched under `token`. False: *why says why not. */
MUST_USE bool voice_begin(struct voice *, const struct voice_settings *, const struct addr *at,
                          struct rand *, struct host *, uint64_t token, const char **why);
/* Says its BYE and gives everything back. */
void voice_end(struct voice *, time_ns now);
/* What was recorded is whole in its file; nothing more comes to it. */
void voice_end_recording(struct voice *);

/* What was agreed on of a stream of ours. *why is set where a file cannot be used; the call goes
 * on. ERR_INVALID: nothing that we could speak; ERR_NOMEM. */
MUST_USE int voice_agree(struct voice *, const struct sdp_stream *, const struct sdp_agreed *,
                         struct rand *, time_ns now, const char **why);
/* A tone at the loudspeaker for who waits, until something is agreed on. */
void voice_ring(struct voice *, time_ns now);
/* Digits of audio_stream_dial and commas, each of which is a pause of a second. */
void voice_dial(struct voice *, const char *digits, time_ns now);

/* RTCP's socket is readable. */
void voice_ready(struct voice *);
/* What has come is heard now: before the call's end is told of. Else voice_time does that, a frame
 * at a time. */
void voice_hear(struct voice *);
/* What is due is done. `card`: where it is heard and spoken, too; NULL: nowhere. */
void voice_time(struct voice *, struct card *card, time_ns now);
time_ns voice_deadline(const struct voice *);
/* What has happened since. False: nothing more. */
bool voice_event(struct voice *, struct audio_event *, time_ns now);

#endif
