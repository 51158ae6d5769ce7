/* Who is in a session (RFC 3550 6.2.1, 6.3.3 to 6.3.5). */
#include "members.h"

/* RFC 3550 6.3.5: how many intervals of silence. */
#define SILENT_INTERVALS 5
#define SENDER_INTERVALS 2

struct rtp_member *member_find(struct rtp_session *s, uint32_t ssrc)
{
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++)
        if (s->members[i].used && s->members[i].ssrc == ssrc)
            return &s->members[i];
    return NULL;
}

/* A free place, else that of who was silent for longest, strangers before members. */
static struct rtp_member *place_for_one(struct rtp_session *s)
{
    struct rtp_member *best = &s->members[0];
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++) {
        struct rtp_member *m = &s->members[i];
        if (!m->used)
            return m;
        if (m->believed != best->believed ? best->believed : m->heard < best->heard)
            best = m;
    }
    return best;
}

struct rtp_member *member_of(struct rtp_session *s, uint32_t ssrc, time_ns now)
{
    struct rtp_member *m = member_find(s, ssrc);
    if (m)
        return m;
    m = place_for_one(s);
    *m = (struct rtp_member){.ssrc = ssrc, .used = true, .heard = now};
    return m;
}

void member_forget(struct rtp_member *m)
{
    m->used = false;
}

static bool is_past(time_ns when, time_ns span, time_ns now)
{
    return now > time_add(when, span);
}

bool members_expire(struct rtp_session *s, time_ns now)
{
    time_ns interval = interval_plain(s, false);
    bool gone = false;
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++) {
        struct rtp_member *m = &s->members[i];
        if (!m->used)
            continue;
        if (is_past(m->sent, SENDER_INTERVALS * interval, now))
            m->sends = false;
        if (is_past(m->heard, SILENT_INTERVALS * interval, now)) {
            gone |= m->believed;
            member_forget(m);
        }
    }
    if (s->we_sent && is_past(s->sent, SENDER_INTERVALS * interval, now))
        s->we_sent = false;
    return gone;
}

unsigned members_sending(const struct rtp_session *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++)
        n += s->members[i].used && s->members[i].believed && s->members[i].sends;
    return n;
}

unsigned rtp_session_members(const struct rtp_session *s)
{
    unsigned n = 1;
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++)
        n += s->members[i].used && s->members[i].believed;
    return n;
}
