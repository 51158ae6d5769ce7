/* One source as a receiver sees it (RFC 3550 A.1, A.3, A.8). */
#include "rtp/source.h"

#include <stdlib.h>

/* RFC 3550 A.1: a gap of so many is still a gap, so far back is still late; all else is a jump. */
#define GAP_MOST 3000U
#define LATE_MOST 100U
#define ROUND 0x10000U

static void restart(struct rtp_source *s, uint16_t sequence)
{
    /* one round ahead, so that a late packet before the first has a number, too */
    s->base = s->highest = ROUND + sequence;
    s->received = s->expected_before = s->received_before = 0;
    s->jumped = s->timed = false;
    s->jitter = 0;
}

void rtp_source_begin(struct rtp_source *s, uint16_t sequence, unsigned probation)
{
    probation = probation > 1 ? probation : 0;
    *s = (struct rtp_source){.asked = (uint8_t)probation, .probation = (uint8_t)probation};
    restart(s, sequence);
    s->highest--; /* the first one is about to come */
}

/* RFC 3550 6.4.1, A.8: jitter is a mean of how much two neighbours' times in the network differ. */
static void time_it(struct rtp_source *s, uint32_t timestamp, uint32_t arrival)
{
    uint32_t transit = arrival - timestamp;
    uint32_t difference = (uint32_t)labs((long)(int32_t)(transit - s->transit));
    if (s->timed)
        s->jitter += difference - ((s->jitter + 8) >> 4);
    s->transit = transit;
    s->timed = true;
}

void rtp_source_untime(struct rtp_source *s)
{
    s->timed = false;
    s->jitter = 0;
}

static enum rtp_arrival prove(struct rtp_source *s, uint16_t sequence)
{
    if (sequence != (uint16_t)(s->highest + 1)) {
        s->probation = s->asked - 1;
        s->highest = ROUND + sequence;
        return RTP_DOUBTFUL;
    }
    s->highest++;
    if (--s->probation > 0)
        return RTP_DOUBTFUL;
    restart(s, sequence);
    return RTP_RESTART;
}

/* Two in sequence after a jump: the source has begun anew. */
static enum rtp_arrival jump(struct rtp_source *s, uint16_t sequence)
{
    if (s->jumped && sequence == s->awaited) {
        restart(s, sequence);
        return RTP_RESTART;
    }
    s->jumped = true;
    s->awaited = (uint16_t)(sequence + 1);
    return RTP_DOUBTFUL;
}

static enum rtp_arrival place(struct rtp_source *s, uint16_t sequence)
{
    uint32_t ahead = (uint16_t)(sequence - s->highest);
    if (s->probation > 0)
        return prove(s, sequence);
    if (ahead > 0 && ahead < GAP_MOST) {
        s->highest += ahead;
        return RTP_NEXT;
    }
    return ahead == 0 || ahead >= ROUND - LATE_MOST ? RTP_LATE : jump(s, sequence);
}

enum rtp_arrival rtp_source_take(struct rtp_source *s, uint16_t sequence, uint32_t timestamp,
                                 uint32_t arrival)
{
    enum rtp_arrival what = place(s, sequence);
    if (what == RTP_DOUBTFUL)
        return what;
    s->jumped = false;
    s->received++;
    time_it(s, timestamp, arrival);
    return what;
}

uint32_t rtp_source_expected(const struct rtp_source *s)
{
    return s->highest - s->base + 1;
}

int64_t rtp_source_lost(const struct rtp_source *s)
{
    return (int64_t)rtp_source_expected(s) - s->received;
}

uint32_t rtp_source_jitter(const struct rtp_source *s)
{
    return s->jitter >> 4;
}

static int32_t within_24_bits(int64_t lost)
{
    return (int32_t)(lost > 0x7fffff ? 0x7fffff : lost < -0x800000 ? -0x800000 : lost);
}

void rtp_source_report(struct rtp_source *s, struct rtcp_block *block)
{
    uint32_t expected = rtp_source_expected(s);
    uint32_t of = expected - s->expected_before, came = s->received - s->received_before;
    uint64_t missing = of > came ? of - came : 0;
    block->fraction_lost = (uint8_t)(missing > 0 ? (missing << 8) / of : 0);
    block->lost = within_24_bits(rtp_source_lost(s));
    block->highest = s->highest - ROUND;
    block->jitter = rtp_source_jitter(s);
    s->expected_before = expected;
    s->received_before = s->received;
}
