/* What two sides agree on (RFC 3264): an offer made from what this side can do, an answer to
 * another's, and what the two come to. No state: the caller keeps its streams and the texts. */
#ifndef TANDEM_SDP_OFFER_H
#define TANDEM_SDP_OFFER_H

#include "base/limits.h"
#include "sdp/precondition.h"

/* What this side can send and receive. The views have to live as long as the call that takes them.
 */
struct sdp_codec {
    struct str encoding;  /* "PCMU" */
    uint32_t clock;       /* Hz */
    uint8_t channels;     /* 1 for what is not audio */
    uint8_t payload_type; /* by which it is offered: the static one, or 96 to 127. Never another one
                             for this codec within one session (RFC 3264 8.3.2) */
    struct str fmtp;      /* what we say of it; empty: nothing */
};

/* One stream of this side. A session's streams keep their places: one that has ended stays with
 * port 0, until another takes its place (RFC 3264 8). */
struct sdp_stream {
    struct str kind;  /* "audio" */
    struct str proto; /* "RTP/AVP", "udptl"; an answer to RTP/AVPF is given where this is RTP/AVP */
    uint16_t port;    /* 0: not wanted */
    bool rtcp_mux;    /* offered, and taken where it is offered (RFC 5761) */
    enum sdp_direction direction;   /* what we want: both ways, hold, … */
    const struct sdp_codec *codecs; /* the best first */
    unsigned n_codecs;              /* 1 to SDP_FORMATS; 0: not RTP */
    struct str formats;             /* of what is not RTP: "t38" */
    unsigned ptime;                 /* ms; 0: nothing is said */
    /* Its offers have preconditions (RFC 3312), this strong: none, optional or mandatory. With
     * port 0 they say that `qos` is known (12). */
    bool demands_qos;
    enum sdp_strength qos;
};

struct sdp_local {
    uint64_t id,
        version;      /* the version one higher for each description that differs (RFC 3264 8) */
    struct addr addr; /* where media is received; the port does not count */
    const struct sdp_stream *streams;
    unsigned n_streams; /* up to SDP_MEDIA */
    /* By m= line, what the last exchange came to: the far side's preconditions are offered as they
     * were. None: they are not there yet, or the streams move (RFC 4032 4.1). */
    const struct sdp_agreed *agreed;
    unsigned n_agreed;
};

/* A codec that both sides have. */
struct sdp_format {
    uint8_t codec;         /* of the stream's */
    uint8_t send, receive; /* payload types: theirs, ours */
    uint8_t fmtp_len;
    char fmtp[LIMIT_SDP_FMTP]; /* what they say of it: how they want to receive it */
};
static inline struct str sdp_format_fmtp(const struct sdp_format *f)
{
    return (struct str){f->fmtp, f->fmtp_len};
}

/* What became of one m= line. */
struct sdp_agreed {
    bool live;                    /* false: refused, or ended; nothing else counts */
    unsigned stream;              /* of ours, which serves it */
    enum sdp_direction direction; /* as we see it: what we send and receive */
    struct sdp_place place;       /* where they receive; 0.0.0.0 is not sent to (RFC 3264 8.4) */
    uint16_t port;
    bool rtcp_mux;
    struct sdp_rtcp rtcp; /* where RTCP goes without it; `place` is always filled in */
    unsigned ptime;       /* ms that they want; 0: nothing is said */
    struct sdp_format formats[LIMIT_SDP_FORMATS]; /* the first is what we send with */
    unsigned n_formats;
    struct sdp_preconditions preconditions; /* until they are met nothing flows */
};

/* Writes an offer: an m= line for each stream, in its place (RFC 3264 5). */
void sdp_offer(struct buf *, const struct sdp_local *);

/* Writes the answer to an offer that is not broken, and says in agreed[0 .. offer->n_media) what
 * came of it (RFC 3264 6). An m= line is served by our stream in the same place if that is of its
 * kind, else by the first of the kind that serves none. What they offer first comes first. Returns
 * how many are live; 0 of an offer with media: refuse it with 488 and Warning 304 or 305 rather
 * than send this. */
unsigned sdp_answer(struct buf *, const struct sdp *offer, const struct sdp_local *,
                    struct sdp_agreed *agreed);

enum sdp_verdict {
    SDP_AGREES,     /* at least one stream is live, or none was offered */
    SDP_REFUSES,    /* none is */
    SDP_CONTRADICTS /* it is no answer to that offer: other streams, a stream that was not offered,
                       formats that were not: end the call (RFC 3264 6) */
};
/* What an answer, not broken, to an offer that was written from `local` comes to, in
 * agreed[0 .. local->n_streams). */
enum sdp_verdict sdp_answered(const struct sdp *answer, const struct sdp_local *,
                              struct sdp_agreed *agreed);

/* Could a stream of this format be decoded by this codec? By name, clock and channels, and by the
 * parameters that make one codec two (H.264's profile and packetization mode, AMR's octet-align).
 */
bool sdp_codec_fits(const struct sdp_codec *, const struct sdp_rtpmap *, struct str fmtp);
/* Events and comfort noise (RFC 4733, RFC 3389) are no stream by themselves. */
bool sdp_codec_is_companion(struct str encoding);

#endif
