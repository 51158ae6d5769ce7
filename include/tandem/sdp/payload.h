/* The payload types that are known by name (RFC 3551 6 and the RFCs of payload formats): a table,
 * data/payload_types.def. */
#ifndef TANDEM_SDP_PAYLOAD_H
#define TANDEM_SDP_PAYLOAD_H

#include "base/str.h"

#define SDP_PAYLOAD_DYNAMIC 128

struct sdp_payload {
    unsigned type; /* the static payload type, or SDP_PAYLOAD_DYNAMIC */
    struct str encoding;
    struct str kind;   /* "audio", "video", "audio/video", "text" */
    unsigned clock;    /* Hz; 0: several */
    unsigned channels; /* 0: several, or not audio */
    unsigned ptime;    /* ms, of the usual packet; 0: none */
    struct str what;   /* for people */
};

/* What RFC 3551 gives a static payload type; NULL: it gives it nothing. */
const struct sdp_payload *sdp_payload_static(unsigned type);
/* By name, without regard to case, and clock in Hz; `clock` 0: any. The static one first. NULL: not
 * known. */
const struct sdp_payload *sdp_payload_named(struct str encoding, unsigned clock);

#endif
