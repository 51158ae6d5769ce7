/* Inside of media/: what an audio stream is made of. */
#ifndef TANDEM_MEDIA_AUDIO_H
#define TANDEM_MEDIA_AUDIO_H

#include "digits.h"
#include "in_band.h"
#include "media/audio_stream.h"
#include "media/level.h"
#include "playout.h"
#include "rtp/session.h"
#include "sender.h"

struct audio_sent {
    bool rtcp;
    struct addr to;
    uint16_t len;
    char bytes[RTP_HEADER_BYTES + LIMIT_CODEC_PAYLOAD];
};

/* A payload type that is received. */
struct audio_heard {
    const struct codec *codec;
    uint8_t type;
};

/* What RFC 3550 counts of sources that have gone, or begun anew. */
struct audio_past {
    uint32_t base; /* of the source that is not past yet */
    int64_t lost;
    uint64_t expected;
};

struct audio_stream {
    struct mem *mem;
    struct audio_settings settings;
    char cname[RTP_CNAME_BYTES];
    time_ns began;
    bool agreed, ended;
    /* the terms */
    struct audio_heard formats[LIMIT_SDP_FORMATS];
    unsigned n_formats;
    bool sends, receives, rtcp_mux, latch;
    struct addr agreed_rtp;
    struct addr rtp, rtcp; /* where they are: as agreed on, or latched on to */
    bool latched;
    struct rtp_session session;
    struct sender sender;
    struct playout playout;
    struct digits digits;
    struct in_band *in_band; /* NULL: tones are not listened to */
    /* whom we hear */
    bool has_source;
    uint32_t ssrc;
    struct rtp_source source; /* as of the last packet */
    struct audio_past past;
    const struct codec *hears; /* with which they send */
    time_ns heard;             /* when, or since when we wait */
    bool silent;               /* it has been said that they are */
    uint64_t sent, sent_bytes, received, received_bytes, strangers, unknown;
    unsigned expected_loss;
    struct level level_sent, level_heard;
    /* what waits to be taken */
    struct audio_sent outputs[LIMIT_AUDIO_OUTPUTS];
    unsigned first_output, n_outputs;
    struct audio_event events[LIMIT_AUDIO_EVENTS];
    unsigned n_events;
};

/* Room for one more output, which is `audio_sent` afterwards; NULL: too many wait, and it is lost.
 */
struct audio_sent *audio_room(struct audio_stream *);
void audio_put(struct audio_stream *, struct audio_sent *, bool rtcp, const struct buf *);
void audio_tell(struct audio_stream *, const struct audio_event *);
/* The session's RTCP as far as it is due. */
void audio_put_rtcp(struct audio_stream *, time_ns now);

#endif
