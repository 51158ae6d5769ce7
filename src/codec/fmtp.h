/* Inside of codec/: the parameters of a=fmtp, "name=value; name=value" (RFC 4855 3). */
#ifndef TANDEM_CODEC_FMTP_H
#define TANDEM_CODEC_FMTP_H

#include "base/str.h"

/* The number that a parameter has; `otherwise` where it is not said, no number, or not within
 * `least` and `most`. Names without regard to case. */
unsigned fmtp_number(struct str fmtp, struct str name, unsigned least, unsigned most,
                     unsigned otherwise);

#endif
