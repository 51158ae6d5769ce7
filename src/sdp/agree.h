/* Inside of sdp/: what one m= line of another's description and our streams come to. */
#ifndef TANDEM_SDP_AGREE_H
#define TANDEM_SDP_AGREE_H

#include "sdp/offer.h"

/* Media `n` of an offer, by a stream of ours that is not among `used`, a bit each. */
void agree_on_offered(const struct sdp *offer, uint32_t n, const struct sdp_local *, uint64_t used,
                      struct sdp_agreed *);

#endif
