/* The codecs that a phone offers, as descriptions and as the media has them. */
#ifndef TANDEM_PHONE_CODECS_H
#define TANDEM_PHONE_CODECS_H

#include "media/audio_stream.h"
#include "sdp/offer.h"

#define CODECS_FMTP 96

struct codecs {
    unsigned n;
    const struct codec *codec[LIMIT_SDP_FORMATS];
    struct sdp_codec sdp[LIMIT_SDP_FORMATS];
    char fmtp[LIMIT_SDP_FORMATS][CODECS_FMTP];
};

/* `names`: "opus,L16/16000,PCMU", the best first; NULL: what is usual. Digits and comfort noise
 * come with them. NULL, or what is wrong, for people. It does not move afterwards. */
MUST_USE const char *codecs_choose(struct codecs *, const char *names);
/* What was agreed on, for the media. `to`: as many as LIMIT_SDP_FORMATS. Returns how many. */
unsigned codecs_agreed(const struct codecs *, const struct sdp_agreed *, struct audio_format *to);
/* The rate at which to handle the samples of what was agreed on, as struct audio_settings has it.
 */
unsigned codecs_rate(const struct audio_format *, unsigned n);

#endif
