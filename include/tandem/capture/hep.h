/* HEP: a captured packet on its way to who collects them. Version 3 (the HEP/EEP specification,
 * rev. 12) is read and written, byte for byte; of versions 1 and 2, a fixed head in front of a SIP
 * message, the packets are read.
 *
 *   0                   1                   2                   3
 *  |      'H'      |      'E'      |      'P'      |      '3'      |
 *  |         total length          |            chunks …
 *  a chunk:
 *  |            vendor             |             type              |
 *  |     length, head included     |            value …
 */
#ifndef TANDEM_CAPTURE_HEP_H
#define TANDEM_CAPTURE_HEP_H

#include "base/attr.h"
#include "base/flow.h"

/* What hep_print adds to the payload and the two texts, at most. */
#define HEP_AROUND 160

enum hep_kind { HEP_SIP = 1, HEP_SDP = 3, HEP_RTP = 4, HEP_RTCP_JSON = 5, HEP_LOG = 100 };

struct hep {
    int64_t at; /* nanoseconds since 1970, by the microsecond; 0: it does not say */
    struct addr from, to;
    uint8_t transport;  /* enum transport; TRANSPORT_NONE: another protocol */
    uint8_t kind;       /* enum hep_kind, or another number */
    uint32_t node;      /* who captured it */
    struct str key;     /* the collector's password; empty: none */
    struct str call_id; /* whose packet it is, where that is said; empty: not */
    struct str payload;
};

/* Does it begin like one of version 3? */
bool hep_is(struct str bytes);
/* Does it look like one of version 1 or 2? Their first bytes are so common that it takes a look at
 * all of the head. */
bool hep_is_old(struct str bytes);

/* How long the packet of version 3 at the beginning of a stream is; 0: more has to come to say so.
 * SIZE_MAX: it is none, and where the next one begins cannot be known. */
size_t hep_length(struct str stream);

/* All of `bytes` is one packet, of version 3 or hep_is_old; views of *out are borrowed from it.
 * Chunks of others and unknown ones are passed over, of doubled ones the last counts. False: it is
 * none, is cut, or lacks addresses or payload (a compressed one counts as none); *out is undefined.
 */
MUST_USE bool hep_parse(struct str bytes, struct hep *out);

/* Writes one. TLS is written as TCP and WebSocket likewise, as the protocol has numbers of IP only.
 * What does not fit sticks in the buf; a payload so long that the packet would exceed 65,535
 * bytes, too. */
void hep_print(struct buf *, const struct hep *);

#endif
