/* The codecs of RTP audio (RFC 3551 4.5, RFC 7587): samples to payloads and back. The table is
 * data/codecs.def; how RTP numbers payloads is its user's to know. All samples are 16 bits, of one
 * channel: a codec of two is given both alike, and what it brings is mixed. */
#ifndef TANDEM_CODEC_CODEC_H
#define TANDEM_CODEC_CODEC_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"

/* The most samples of one packet: LIMIT_CODEC_PACKET_MS at the highest rate. */
#define CODEC_RATE_MOST 48000
#define CODEC_SAMPLES (LIMIT_CODEC_PACKET_MS * CODEC_RATE_MOST / 1000)

enum codec_kind {
    CODEC_VOICE,
    CODEC_EVENTS, /* RFC 4733: digits beside the voice; media/ reads and writes them */
    CODEC_NOISE   /* RFC 3389: what silence sounds like (codec/noise.h) */
};

struct codec {
    struct str encoding;
    enum codec_kind kind;
    unsigned clock, channels; /* of its timestamps, Hz; both as a=rtpmap has them */
    unsigned rate;        /* of its samples, Hz, which may differ (RFC 3551 4.5.2); 0: several */
    unsigned unit_ms;     /* a packet lasts a whole number of these */
    unsigned bytes_per_s; /* 0: they vary */
    double ie, bpl;       /* for the E-model, from ITU-T G.113 Appendix I; bpl 0: it has none */
    const struct codec_operations *operations;
};

/* All of them, the best first; NULL behind the last. */
const struct codec *codec_at(unsigned i);
/* By what a=rtpmap says, names without regard to case; `channels` 0 is 1. NULL: not known here. */
const struct codec *codec_named(struct str encoding, unsigned clock, unsigned channels);

/* What the libraries of this build can do with it; both false for what is no voice. */
bool codec_encodes(const struct codec *);
bool codec_decodes(const struct codec *);

/* The rate at which to give and take samples where `wanted` would be best: the codec's own, or the
 * least of several that is as high. */
unsigned codec_rate(const struct codec *, unsigned wanted);
/* How many ms a packet lasts where `wanted` were asked for (0: nothing is, 20): a whole number of
 * units, up to 120 ms, and no more than fits into one packet of an Ethernet where one unit does. */
unsigned codec_ptime(const struct codec *, unsigned wanted);
/* What to say of the codec in a=fmtp; nothing where there is nothing to say. */
void codec_put_fmtp(const struct codec *, struct buf *);

/* --- encoding --- */
struct encoder;

/* `rate`: from codec_rate. `fmtp`: what the receiver asks for; what is malformed in it or not known
 * counts as not said. ERR_NOMEM; ERR_INVALID: the codec is no voice or cannot be encoded here. */
MUST_USE int encoder_new(struct mem *, const struct codec *, unsigned rate, struct str fmtp,
                         struct encoder **);
void encoder_free(struct encoder *); /* NULL is legal */

/* Encodes `n` samples: a packet of codec_ptime. Writes up to LIMIT_CODEC_PAYLOAD bytes. False:
 * nothing is to be sent, because the receiver asked for silence not to be, or *out is over. */
bool encoder_encode(struct encoder *, const int16_t *pcm, size_t n, struct buf *out);
/* Packets get lost on the way: Opus repeats itself accordingly where the receiver can use it
 * (RFC 7587 3.3). `percent` up to 100. */
void encoder_expect_loss(struct encoder *, unsigned percent);

/* --- decoding --- */
struct decoder;

/* As encoder_new. */
MUST_USE int decoder_new(struct mem *, const struct codec *, unsigned rate, struct decoder **);
void decoder_free(struct decoder *); /* NULL is legal */

/* How many samples a payload holds, without decoding it; 0: it is none of this codec's, or lasts
 * longer than LIMIT_CODEC_PACKET_MS. */
size_t decoder_samples(const struct decoder *, struct str payload);
/* Decodes it into `pcm`, which has room for CODEC_SAMPLES. How many there are; 0: as above, and
 * nothing has changed. */
size_t decoder_decode(struct decoder *, struct str payload, int16_t *pcm);
/* `n` samples, up to CODEC_SAMPLES, in the place of what is lost or late: what was heard last goes
 * on and fades within LIMIT_CODEC_FADE_MS. */
void decoder_conceal(struct decoder *, int16_t *pcm, size_t n);
/* The same where the packet behind the lost one is there: Opus may find it in that. */
void decoder_recover(struct decoder *, struct str next, int16_t *pcm, size_t n);

#endif
