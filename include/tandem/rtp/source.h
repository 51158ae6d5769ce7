/* What a receiver keeps of one source (RFC 3550 A.1, A.3, A.8): which packets belong to it, how
 * many are missing, how unevenly they come. */
#ifndef TANDEM_RTP_SOURCE_H
#define TANDEM_RTP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "rtp/rtcp.h"

struct rtp_source {
    uint32_t base;     /* the first sequence number, extended */
    uint32_t highest;  /* extended: how often it went round, and the number */
    uint32_t received; /* duplicates and late ones too */
    uint16_t awaited;  /* after a jump: the next number if the jump is meant; with `jumped` */
    bool jumped;
    uint8_t asked, probation; /* packets in sequence: asked for at first, and still */
    uint32_t expected_before, received_before; /* when the last report was made */
    bool timed;
    uint32_t transit;
    uint32_t jitter; /* 16 times */
};

enum rtp_arrival {
    RTP_NEXT,    /* the next one, or one further on: those between are missing for now */
    RTP_LATE,    /* an earlier one, or one that has been there */
    RTP_RESTART, /* the source has begun anew: nothing before it is to be waited for */
    RTP_DOUBTFUL /* not yet believed, or far off: to be dropped */
};

/* `probation`: how many packets have to come in sequence, this one included, before the source is
 * believed: 0 or 1 for one that was agreed on, 2 for strangers (RFC 3550 A.1). */
void rtp_source_begin(struct rtp_source *, uint16_t sequence, unsigned probation);

/* A packet has come, the first one too. Both times are in units of its timestamp; `arrival` counts
 * from anywhere. */
enum rtp_arrival rtp_source_take(struct rtp_source *, uint16_t sequence, uint32_t timestamp,
                                 uint32_t arrival);

/* The units of its times are others from now on: jitter begins anew. */
void rtp_source_untime(struct rtp_source *);

/* Sent less received: what is lost, below 0 with duplicates (RFC 3550 A.3). */
int64_t rtp_source_lost(const struct rtp_source *);
uint32_t rtp_source_expected(const struct rtp_source *);
uint32_t rtp_source_jitter(const struct rtp_source *); /* in units of the timestamp */

/* The sequence, loss and jitter of a report block, and the beginning of the next one's interval. */
void rtp_source_report(struct rtp_source *, struct rtcp_block *);

#endif
