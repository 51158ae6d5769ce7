/* The codecs that a phone offers, as descriptions and as the media has them. */
#ifndef TANDEM_PHONE_CODECS_H
#define TANDEM_PHONE_CODECS_H

#include "media/audio_stream.h"
#include "sdp/offer.h"

#define CODECS_FMTP 96
#define CODECS_USUAL "opus,G722,PCMA,PCMU"
#define CODECS_NAMES 256 /* the longest list of them, with its NUL */

struct codecs {
    unsigned n;
    struct sdp_codec sdp[LIMIT_SDP_FORMATS];
    char fmtp[LIMIT_SDP_FORMATS][CODECS_FMTP];
};

/* `names`: "opus,L16/16000,PCMU", the best first. Digits and comfort noise
 * come with them, each codec always under the same payload type. NULL, or what is wrong, for
 * people. It does not move afterwards. */
MUST_USE const char *codecs_choose(struct codecs *, struct str names);
/* What was agreed on of a stream of ours, for the media. `to`: as many as LIMIT_SDP_FORMATS, which
 * borrow from `a`. Returns how many. */
unsigned codecs_agreed(const struct sdp_stream *, const struct sdp_agreed *a,
                       struct audio_format *to);
/* Its first one; empty: there is none. */
struct str codecs_first(const struct sdp_stream *, const struct sdp_agreed *);
/* The rate at which to handle the samples of what was agreed on, as struct audio_settings has it.
 */
unsigned codecs_rate(const struct audio_format *, unsigned n);

#endif
