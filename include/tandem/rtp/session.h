/* An RTP session between two or a few (RFC 3550): who sends, what is told of it by RTCP and when.
 * Sans-I/O: bytes and time come in, packets come out; whether an address may send here is its
 * user's to know. One session is one medium on one pair of ports, or on one with rtcp-mux. */
#ifndef TANDEM_RTP_SESSION_H
#define TANDEM_RTP_SESSION_H

#include "base/addr.h"
#include "base/limits.h"
#include "base/rand.h"
#include "base/time.h"
#include "rtp/packet.h"
#include "rtp/source.h"

#define RTP_CNAME_BYTES 64

struct rtp_settings {
    uint32_t clock;     /* of the timestamps, Hz */
    uint32_t bandwidth; /* of the session, bit/s; RTCP has a twentieth (RFC 3550 6.2) */
    struct str cname; /* up to RTP_CNAME_BYTES; the same for all of a side's sessions (RFC 7022) */
    uint64_t ntp;     /* what time it is, as in an SR, when the session begins */
    struct rand_seed seed; /* SSRC, first sequence number and timestamp, and the intervals */
};

struct rtp_member {
    uint32_t ssrc;
    bool used, believed, sends; /* `sends`: RTP within the last two intervals */
    struct addr from;           /* of its RTP; family ADDR_NONE: only RTCP has come */
    struct rtp_source source;   /* once RTP has come */
    time_ns heard, sent;        /* when anything, and when RTP came last */
    uint32_t last_sr;           /* the middle of its NTP time */
    time_ns last_sr_at;         /* 0: none came */
};

/* What the far side says of what we send. */
struct rtp_echo {
    uint32_t lost_of_256, jitter;
    int32_t lost;
    time_ns round_trip; /* 0: not known yet */
    bool told;
};

struct rtp_session {
    struct rtp_settings settings;
    char cname[RTP_CNAME_BYTES];
    struct rand rand;
    uint32_t ssrc, first_timestamp;
    uint32_t heard_clock; /* of the timestamps that come */
    uint16_t sequence;    /* of the next packet */
    uint32_t packets, octets, last_timestamp;
    time_ns began, sent; /* `sent`: when the last packet was, with `packets` */
    bool we_sent;        /* within the last two intervals */
    /* RFC 3550 6.3: when RTCP goes */
    time_ns last, next;
    unsigned members_before;
    uint32_t average; /* bytes of a compound packet, 16 times */
    bool initial;
    uint32_t abandoned; /* an SSRC of ours that somebody else has: it gets its BYE */
    bool abandons;
    struct addr
        conflicts[LIMIT_RTP_CONFLICTS]; /* who had ours: what comes from there is our echo */
    unsigned n_conflicts;
    struct rtp_member members[LIMIT_RTP_MEMBERS];
    struct rtp_echo echo;
};

/* `settings.cname` is copied. */
void rtp_session_begin(struct rtp_session *, const struct rtp_settings *, time_ns now);

/* Writes the next packet: `timestamp` counts from 0 at the session's beginning, in clock units. */
void rtp_session_send(struct rtp_session *, struct buf *, bool marker, uint8_t payload_type,
                      uint32_t timestamp, struct str payload, time_ns now);

/* RTP has come. True: the packet is *out, its source *member, and `*arrival` says how it fits.
 * False: to be dropped: no RTP, not yet believed, our own echo, or from elsewhere while its source
 * is heard from where it was (RFC 3550 8.2). `probation` as in rtp_source_begin, for a source that
 * is new. */
bool rtp_session_take(struct rtp_session *, const struct addr *from, struct str bytes, time_ns now,
                      unsigned probation, struct rtp_packet *out, const struct rtp_member **member,
                      enum rtp_arrival *arrival);
/* What comes from now on has timestamps of this clock, Hz, unlike what came before (RFC 7160 4):
 * jitter begins anew. At the session's beginning it is the settings' one. */
void rtp_session_hear(struct rtp_session *, uint32_t clock);
/* RTCP has come. False: it is none. */
bool rtp_session_take_rtcp(struct rtp_session *, const struct addr *from, struct str bytes,
                           time_ns now);

/* When rtp_session_tick wants to be called. */
time_ns rtp_session_deadline(const struct rtp_session *);
/* Time has passed. True: a compound RTCP packet was written and is to be sent, and there may be
 * another one; `out` is empty and has room for LIMIT_RTCP_BYTES. Members that were silent for too
 * long are forgotten (RFC 3550 6.3.5). */
bool rtp_session_tick(struct rtp_session *, time_ns now, struct buf *out);
/* The session ends: its BYE, true where there is one to be sent (RFC 3550 6.3.7: who never sent
 * says none). */
bool rtp_session_end(struct rtp_session *, struct buf *out, struct str reason, time_ns now);

/* Members that are believed, and this side. */
unsigned rtp_session_members(const struct rtp_session *);

#endif
