/* When RTCP goes (RFC 3550 6.3). */
#include "members.h"

#define LEAST (5 * NS_PER_S)
#define LEAST_AT_FIRST (LEAST / 2)
/* IPv4 and UDP; RFC 3550 6.2 counts them. */
#define LOWER_BYTES 28U

/* Bytes a second for RTCP: a twentieth of the session's (RFC 3550 6.2). */
static uint64_t rtcp_bandwidth(const struct rtp_session *s)
{
    uint64_t bytes = s->settings.bandwidth / 8 / 20;
    return bytes > 0 ? bytes : 1;
}

time_ns interval_plain(const struct rtp_session *s, bool we_sent)
{
    uint64_t members = rtp_session_members(s), senders = members_sending(s) + (unsigned)we_sent;
    uint64_t n = members, quarters = 4; /* of the bandwidth, for those n */
    if (senders * 4 <= members) {
        n = we_sent ? senders : members - senders;
        quarters = we_sent ? 1 : 3;
    }
    time_ns wanted = n * s->average / 16 * 4 * NS_PER_S / (rtcp_bandwidth(s) * quarters);
    time_ns least = s->initial ? LEAST_AT_FIRST : LEAST;
    return wanted > least ? wanted : least;
}

/* Uniform from half to one and a half, and divided by e - 3/2 (RFC 3550 6.3.1). */
time_ns interval_drawn(struct rtp_session *s)
{
    time_ns plain = interval_plain(s, s->we_sent);
    return (plain / 2 + rand_below(&s->rand, plain + 1)) / 100000 * 100000 / 121828 * 100000;
}

void interval_shrink(struct rtp_session *s, time_ns now)
{
    unsigned members = rtp_session_members(s);
    if (members >= s->members_before)
        return;
    if (s->next > now)
        s->next = now + (s->next - now) / s->members_before * members;
    s->last = now - (now - s->last) / s->members_before * members;
    s->members_before = members;
}

void interval_learn(struct rtp_session *s, size_t bytes)
{
    s->average += (uint32_t)bytes + LOWER_BYTES - s->average / 16;
}
