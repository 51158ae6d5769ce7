/* A session's beginning, what it sends and what it takes (RFC 3550 5, 8.2). */
#include "rtp/session.h"

#include "members.h"

/* After so much silence a source may come from elsewhere. */
#define MOVES_AFTER (2 * NS_PER_S)
/* The size of a report of one source with a name, to begin with. */
#define FIRST_BYTES 80

void rtp_session_begin(struct rtp_session *s, const struct rtp_settings *settings, time_ns now)
{
    *s = (struct rtp_session){.settings = *settings,
                              .heard_clock = settings->clock,
                              .began = now,
                              .last = now,
                              .initial = true,
                              .members_before = 1};
    struct str cname = str_slice(settings->cname, 0, RTP_CNAME_BYTES);
    if (cname.len > 0)
        memcpy(s->cname, cname.at, cname.len);
    s->settings.cname = (struct str){s->cname, cname.len};
    rand_init(&s->rand, &settings->seed);
    s->ssrc = (uint32_t)rand_u64(&s->rand);
    s->first_timestamp = (uint32_t)rand_u64(&s->rand);
    s->sequence =
        (uint16_t)rand_below(&s->rand, 0x8000); /* the first wrap is far (RFC 3711 3.3.1) */
    s->average = FIRST_BYTES * 16;
    s->next = time_add(now, interval_drawn(s));
}

void rtp_session_send(struct rtp_session *s, struct buf *out, bool marker, uint8_t payload_type,
                      uint32_t timestamp, struct str payload, time_ns now)
{
    struct rtp_packet packet = {.marker = marker,
                                .payload_type = payload_type,
                                .sequence = s->sequence++,
                                .timestamp = s->first_timestamp + timestamp,
                                .ssrc = s->ssrc,
                                .payload = payload};
    rtp_print(out, &packet);
    s->packets++;
    s->octets += (uint32_t)payload.len;
    s->last_timestamp = packet.timestamp;
    s->sent = now;
    s->we_sent = true;
}

static bool is_known_conflict(const struct rtp_session *s, const struct addr *from)
{
    for (unsigned i = 0; i < s->n_conflicts; i++)
        if (addr_equal(&s->conflicts[i], from))
            return true;
    return false;
}

/* RFC 3550 8.2: somebody else has our SSRC, and we take another one; who had it once more is taken
 * for our own echo. True: the packet is an echo, and to be dropped. */
static bool is_echo(struct rtp_session *s, uint32_t ssrc, const struct addr *from)
{
    if (ssrc != s->ssrc)
        return false;
    if (is_known_conflict(s, from))
        return true;
    s->conflicts[s->n_conflicts % LIMIT_RTP_CONFLICTS] = *from;
    s->n_conflicts += s->n_conflicts < LIMIT_RTP_CONFLICTS;
    s->abandons = s->packets > 0 || !s->initial;
    s->abandoned = s->ssrc;
    s->packets = s->octets = 0;
    do
        s->ssrc = (uint32_t)rand_u64(&s->rand);
    while (s->ssrc == ssrc || member_find(s, s->ssrc));
    return false;
}

/* RFC 3550 8.2: two sources of one SSRC, or one in a loop. The first counts while it is heard. */
static bool is_elsewhere(const struct rtp_member *m, const struct addr *from, time_ns now)
{
    return m->from.family != ADDR_NONE && !addr_equal(&m->from, from) &&
           now < time_add(m->sent, MOVES_AFTER);
}

static uint32_t in_units(uint64_t clock, time_ns span)
{
    return (uint32_t)(span / NS_PER_S * clock + span % NS_PER_S * clock / NS_PER_S);
}

bool rtp_session_take(struct rtp_session *s, const struct addr *from, struct str bytes, time_ns now,
                      unsigned probation, struct rtp_packet *out, const struct rtp_member **member,
                      enum rtp_arrival *arrival)
{
    if (rtp_is_rtcp(bytes) || !rtp_parse(bytes, out) || is_echo(s, out->ssrc, from))
        return false;
    struct rtp_member *m = member_of(s, out->ssrc, now);
    if (is_elsewhere(m, from, now))
        return false;
    if (m->from.family == ADDR_NONE)
        rtp_source_begin(&m->source, out->sequence, probation);
    m->from = *from;
    m->heard = m->sent = now;
    *arrival = rtp_source_take(&m->source, out->sequence, out->timestamp,
                               in_units(s->heard_clock, now - s->began));
    if (*arrival == RTP_DOUBTFUL)
        return false;
    m->believed = m->sends = true;
    *member = m;
    return true;
}

void rtp_session_hear(struct rtp_session *s, uint32_t clock)
{
    if (clock == s->heard_clock)
        return;
    s->heard_clock = clock;
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS; i++)
        rtp_source_untime(&s->members[i].source);
}

/* --- RTCP --- */

/* The time of day as an SR has it. */
static uint64_t ntp_of(const struct rtp_session *s, time_ns now)
{
    time_ns span = now - s->began;
    uint64_t fraction = ((span % NS_PER_S) << 32) / NS_PER_S;
    return s->settings.ntp + (span / NS_PER_S << 32) + fraction;
}

static uint32_t middle_of(uint64_t ntp)
{
    return (uint32_t)(ntp >> 16);
}

/* RFC 3550 6.4.1: what they say of us, and how long a packet is on its way there and back. */
static void take_block(struct rtp_session *s, const struct rtcp_block *block, time_ns now)
{
    if (block->ssrc != s->ssrc)
        return;
    s->echo.told = true;
    s->echo.lost_of_256 = block->fraction_lost;
    s->echo.lost = block->lost;
    s->echo.jitter = block->jitter;
    uint32_t trip = middle_of(ntp_of(s, now)) - block->last_sr - block->delay;
    /* clocks that differ, or a stranger's numbers: a trip of less than none */
    if (block->last_sr != 0 && trip < UINT32_MAX / 2)
        s->echo.round_trip = (uint64_t)trip * NS_PER_S >> 16;
}

static void take_report(struct rtp_session *s, const struct rtcp_report *r, time_ns now)
{
    struct rtp_member *m = member_of(s, r->ssrc, now);
    m->heard = now;
    m->believed = true;
    if (r->sender) {
        m->last_sr = middle_of(r->ntp);
        m->last_sr_at = now;
    }
    for (unsigned i = 0; i < r->n_blocks; i++)
        take_block(s, &r->blocks[i], now);
}

static void take_bye(struct rtp_session *s, const struct rtcp_packet *packet, time_ns now)
{
    uint32_t ssrcs[RTCP_BLOCKS];
    struct str reason;
    if (!rtcp_read_bye(packet, ssrcs, &reason))
        return;
    for (unsigned i = 0; i < packet->count; i++) {
        struct rtp_member *m = member_find(s, ssrcs[i]);
        if (m)
            member_forget(m);
    }
    interval_shrink(s, now);
}

bool rtp_session_take_rtcp(struct rtp_session *s, const struct addr *from, struct str bytes,
                           time_ns now)
{
    struct rtcp_packet packet;
    struct rtcp_report report;
    if (!rtcp_is_valid(bytes))
        return false;
    interval_learn(s, bytes.len);
    for (struct str rest = bytes; rtcp_next(&rest, &packet);) {
        bool reports = packet.type == RTCP_SR || packet.type == RTCP_RR;
        if (reports && rtcp_read_report(&packet, &report) && !is_echo(s, report.ssrc, from))
            take_report(s, &report, now);
        else if (packet.type == RTCP_BYE)
            take_bye(s, &packet, now);
    }
    return true;
}

time_ns rtp_session_deadline(const struct rtp_session *s)
{
    return s->abandons ? 0 : s->next;
}

/* RFC 3550 6.4.1: how long ago, in 1/65536 s. */
static uint32_t delay_since(time_ns when, time_ns now)
{
    time_ns span = now - when;
    return (uint32_t)((span / NS_PER_S << 16) + ((span % NS_PER_S) << 16) / NS_PER_S);
}

static void put_blocks(struct rtp_session *s, struct rtcp_report *r, time_ns now)
{
    for (unsigned i = 0; i < LIMIT_RTP_MEMBERS && r->n_blocks < RTCP_BLOCKS; i++) {
        struct rtp_member *m = &s->members[i];
        if (!m->used || !m->believed || !m->sends)
            continue;
        struct rtcp_block *block = &r->blocks[r->n_blocks++];
        *block = (struct rtcp_block){.ssrc = m->ssrc};
        rtp_source_report(&m->source, block);
        if (m->last_sr_at > 0) {
            block->last_sr = m->last_sr;
            block->delay = delay_since(m->last_sr_at, now);
        }
    }
}

/* RFC 3550 6.1: a report, and who we are. */
static void put_compound(struct rtp_session *s, struct buf *out, time_ns now)
{
    struct rtcp_report r = {.ssrc = s->ssrc, .sender = s->we_sent && s->packets > 0};
    if (r.sender) {
        r.ntp = ntp_of(s, now);
        r.timestamp = s->last_timestamp + in_units(s->settings.clock, now - s->sent);
        r.packets = s->packets;
        r.octets = s->octets;
    }
    put_blocks(s, &r, now);
    rtcp_put_report(out, &r);
    rtcp_put_cname(out, s->ssrc, s->settings.cname);
}

/* RFC 3550 8.2: who used the SSRC that was ours is told that it was. */
static void put_abandoned(struct rtp_session *s, struct buf *out)
{
    struct rtcp_report nothing = {.ssrc = s->abandoned};
    rtcp_put_report(out, &nothing);
    rtcp_put_cname(out, s->abandoned, s->settings.cname);
    rtcp_put_bye(out, s->abandoned, STR_NONE);
    s->abandons = false;
}

bool rtp_session_tick(struct rtp_session *s, time_ns now, struct buf *out)
{
    if (s->abandons) {
        put_abandoned(s, out);
        return true;
    }
    if (now < s->next)
        return false;
    if (members_expire(s, now))
        interval_shrink(s, now);
    time_ns due = time_add(s->last, interval_drawn(s));
    s->members_before = rtp_session_members(s);
    if (due > now) { /* RFC 3550 6.3.6: others have come meanwhile */
        s->next = due;
        return false;
    }
    put_compound(s, out, now);
    interval_learn(s, out->len);
    s->initial = false;
    s->last = now;
    s->next = time_add(now, interval_drawn(s));
    return true;
}

bool rtp_session_end(struct rtp_session *s, struct buf *out, struct str reason, time_ns now)
{
    s->next = TIME_NEVER;
    if (s->packets == 0 && s->initial)
        return false;
    put_compound(s, out, now);
    rtcp_put_bye(out, s->ssrc, reason);
    return true;
}
