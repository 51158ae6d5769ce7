/* RTP packets (RFC 3550 5): read and written, byte for byte.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *  |                           timestamp                           |
 *  |           synchronization source (SSRC) identifier            |
 *  |            contributing source (CSRC) identifiers             |
 */
#ifndef TANDEM_RTP_PACKET_H
#define TANDEM_RTP_PACKET_H

#include "base/buf.h"

#define RTP_HEADER_BYTES 12
#define RTP_CSRCS 15

struct rtp_packet {
    bool marker;
    uint8_t payload_type; /* 0 to 127 */
    uint8_t n_csrcs;      /* up to RTP_CSRCS */
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    uint32_t csrcs[RTP_CSRCS];
    bool extended;
    uint16_t extension_profile; /* what the extension is of */
    struct str extension;       /* a multiple of four bytes; borrowed */
    struct str payload;         /* without padding; borrowed */
    uint8_t padding;            /* bytes behind the payload, their count included; 0: none */
};

/* Could these bytes be RTP or RTCP (RFC 7983 7), and if so: are they RTCP (RFC 5761 4)? */
bool rtp_is_either(struct str bytes);
bool rtp_is_rtcp(struct str bytes);

/* All of `bytes` is one packet. False: it is none, and to be dropped; *out is undefined. Nothing is
 * said of whether anybody expects it: rtp/session.h does. */
bool rtp_parse(struct str bytes, struct rtp_packet *out);

/* Writes one; RTP_HEADER_BYTES and what it bears. What does not fit sticks in the buf. */
void rtp_print(struct buf *, const struct rtp_packet *);

#endif
