/* RTCP (RFC 3550 6.4 to 6.7): compound packets taken apart and put together. What is in them is not
 * believed here; rtp/session.h decides. */
#ifndef TANDEM_RTP_RTCP_H
#define TANDEM_RTP_RTCP_H

#include "base/buf.h"

enum rtcp_type {
    RTCP_SR = 200,
    RTCP_RR = 201,
    RTCP_SDES = 202,
    RTCP_BYE = 203,
    RTCP_APP = 204,
    RTCP_RTPFB = 205, /* RFC 4585 6.2 */
    RTCP_PSFB = 206,  /* RFC 4585 6.3 */
    RTCP_XR = 207     /* RFC 3611 */
};

enum rtcp_item {
    RTCP_CNAME = 1,
    RTCP_NAME,
    RTCP_EMAIL,
    RTCP_PHONE,
    RTCP_LOC,
    RTCP_TOOL,
    RTCP_NOTE
};

/* The most report blocks, sources and chunks of one packet. */
#define RTCP_BLOCKS 31

/* One packet of a compound one. */
struct rtcp_packet {
    uint8_t type;    /* enum rtcp_type, or what nobody knows */
    uint8_t count;   /* of blocks, sources or chunks; a subtype elsewhere: 0 to 31 */
    struct str body; /* behind the first four bytes, without padding; borrowed */
};

/* RFC 3550 A.2, but for the rule that a report comes first, which RFC 5506 took back: packets of
 * version 2 whose lengths fill the bytes, and padding in the last one alone. False: to be dropped
 * as a whole. */
bool rtcp_is_valid(struct str bytes);
/* Takes the next packet off *rest, which rtcp_is_valid. False: none is left. */
bool rtcp_next(struct str *rest, struct rtcp_packet *out);

/* What a receiver tells of one source (RFC 3550 6.4.1). */
struct rtcp_block {
    uint32_t ssrc;         /* of whom it tells */
    uint8_t fraction_lost; /* since the last report, of 256 */
    int32_t lost;          /* of all; 24 bits, less than 0 where more came than were sent */
    uint32_t highest;      /* extended sequence number */
    uint32_t jitter;       /* in units of the timestamp */
    uint32_t last_sr;      /* the middle 32 bits of the last SR's NTP time; 0: none came */
    uint32_t delay;        /* since it came, in 1/65536 s */
};

struct rtcp_report {
    uint32_t ssrc; /* who tells */
    bool sender;   /* an SR; the next four say nothing of an RR */
    uint64_t ntp;  /* seconds since 1900 and their fraction, 32 bits each */
    uint32_t timestamp, packets, octets;
    unsigned n_blocks;
    struct rtcp_block blocks[RTCP_BLOCKS];
};
/* An SR or RR; what a profile adds behind its blocks is left out. False: too short. */
bool rtcp_read_report(const struct rtcp_packet *, struct rtcp_report *out);

/* The sources that a BYE names, up to RTCP_BLOCKS, and why they go (empty: it does not say). False:
 * too short. */
bool rtcp_read_bye(const struct rtcp_packet *, uint32_t *ssrcs, struct str *reason);

/* One item of an SDES after the other, with the same *at and *out; *at begins with 0 and is the
 * function's own. False: none is left, or what is left is malformed. */
struct rtcp_description {
    uint32_t ssrc;
    uint8_t item; /* enum rtcp_item, or 8 for PRIV */
    struct str text;
};
bool rtcp_read_description(const struct rtcp_packet *, size_t *at, struct rtcp_description *out);

/* --- written, one behind the other; a compound begins with a report (RFC 3550 6.1) --- */
void rtcp_put_report(struct buf *, const struct rtcp_report *);
/* `cname`: up to 255 bytes, of which further ones are cut. */
void rtcp_put_cname(struct buf *, uint32_t ssrc, struct str cname);
void rtcp_put_bye(struct buf *, uint32_t ssrc, struct str reason);

#endif
