/* Weighs what sources did, bans them, and says who is listened to. Where they are kept is
 * table.c's.
 */
#include <assert.h>

#include "guard/table.h"

#define POINT_NS (LIMIT_GUARD_FORGET_S * NS_PER_S / STRIKE)
#define FORGIVE_EVERY (60 * NS_PER_S)
#define DAY (24 * 3600 * NS_PER_S)

/* Who only mistypes a password, dials a wrong number or has a phone that sends nonsense now and
 * then stays below what is forgotten meanwhile. A challenge and the failure to answer it are a
 * strike. */
static const unsigned weights[N_GUARD_FACTS] = {
    [GUARD_BAD_MESSAGE] = STRIKE / 2,  [GUARD_AUTH_FAILED] = STRIKE - STRIKE / 20,
    [GUARD_UNKNOWN_USER] = STRIKE / 2, [GUARD_FORBIDDEN] = STRIKE / 2,
    [GUARD_CHALLENGED] = STRIKE / 20,  [GUARD_BAD_HANDSHAKE] = STRIKE / 2,
    [GUARD_CUT_SHORT] = STRIKE / 20,
};

/* --- who is listened to --- */

static bool is_over_rate(const struct guard *g, struct source *s, time_ns now)
{
    if (g->interval == 0 || s->is_local)
        return false;
    if (s->due < now)
        s->due = now;
    if (s->due - now > g->burst)
        return true;
    s->due += g->interval;
    return false;
}

static struct source *heard(struct guard *g, const struct addr *from, time_ns now)
{
    struct source *s = g->interval ? source_watch(g, from, now) : source_find(g, from);

    if (s)
        s->heard = now;
    return s;
}

static enum guard_verdict silence(struct guard *g, struct source *s)
{
    s->dropped++;
    g->silenced++;
    return GUARD_SILENT;
}

static enum guard_verdict limit(struct guard *g, struct source *s, time_ns now)
{
    if (s && is_over_rate(g, s, now)) {
        g->flooded++;
        return GUARD_FLOOD;
    }
    g->passed++;
    return GUARD_PASS;
}

static bool is_silenced(const struct guard *g, const struct source *s, const struct addr *from,
                        enum guard_proof least, time_ns now)
{
    return is_banned(s, now) && s->proof >= least && !is_trusted(g, s, from);
}

static enum guard_verdict verdict(struct guard *g, const struct addr *from, enum guard_proof least,
                                  time_ns now)
{
    struct source *s = heard(g, from, now);

    if (s && is_silenced(g, s, from, least, now))
        return silence(g, s);
    return limit(g, s && is_trusted(g, s, from) ? NULL : s, now);
}

enum guard_verdict guard_packet(struct guard *g, const struct addr *from, time_ns now)
{
    return verdict(g, from, GUARD_FORGEABLE, now);
}

enum guard_verdict guard_connection(struct guard *g, const struct addr *from, time_ns now)
{
    return verdict(g, from, GUARD_PROVEN, now);
}

enum guard_verdict guard_stream(struct guard *g, const struct addr *from, time_ns now)
{
    struct source *s = source_find(g, from);

    if (s)
        s->heard = now;
    return s && is_silenced(g, s, from, GUARD_PROVEN, now) ? silence(g, s) : GUARD_PASS;
}

/* --- what is held against whom --- */

static void take_back(uint64_t *points, uint64_t most)
{
    *points -= *points < most ? *points : most;
}

static void forget(struct source *s, time_ns now)
{
    uint64_t points = (now - s->counted) / POINT_NS;

    for (unsigned i = 0; i < N_GUARD_PROOFS; i++)
        take_back(&s->points[i], points);
    s->counted += points * POINT_NS;
}

/* The challenge before it. */
static void take_back_challenge(struct source *s)
{
    unsigned weight = weights[GUARD_CHALLENGED];
    bool by_datagram = s->points[GUARD_FORGEABLE] >= weight;

    take_back(&s->points[by_datagram ? GUARD_FORGEABLE : GUARD_PROVEN], weight);
}

static void reward(struct source *s, time_ns now)
{
    take_back_challenge(s);
    s->good_until = time_add(now, LIMIT_GUARD_GOOD_S * NS_PER_S);
    if (s->forgive_at > now)
        return;
    s->forgive_at = time_add(now, FORGIVE_EVERY);
    for (unsigned i = 0; i < N_GUARD_PROOFS; i++)
        s->points[i] /= 2;
}

static uint64_t limit_of(const struct guard *g, const struct source *s, time_ns now)
{
    return is_good(s, now) ? g->limit * LIMIT_GUARD_PATIENCE : g->limit;
}

static time_ns span_of(const struct guard *g, const struct source *s, enum guard_proof proof)
{
    time_ns span = g->ban;

    for (unsigned i = 0; proof == GUARD_PROVEN && i < s->bans && span < DAY; i++)
        span *= 2;
    return span < DAY ? span : DAY;
}

static void ban(struct guard *g, struct source *s, time_ns until, enum guard_proof proof)
{
    g->bans++;
    s->until = until;
    s->proof = (uint8_t)proof;
    s->dropped = 0;
    s->points[GUARD_FORGEABLE] = 0;
    if (proof == GUARD_FORGEABLE)
        return;
    s->points[GUARD_PROVEN] = 0;
    s->bans++;
}

static void judge(struct guard *g, struct source *s, enum guard_proof proof, time_ns now)
{
    if (s->until && now - s->until >= DAY)
        s->bans = 0;
    time_ns until = time_add(now, span_of(g, s, proof));

    ban(g, s, until > s->until ? until : s->until, proof);
}

static void describe(const struct source *s, struct guard_ban *out)
{
    source_addr(s, &out->addr);
    out->until = s->until;
    out->proof = (enum guard_proof)s->proof;
    out->dropped = s->dropped;
}

/* What a banned one does besides (it was under way, or comes by a stream) is not held against it
 * twice. */
static bool counts(const struct source *s, enum guard_proof proof, time_ns now)
{
    if (is_banned(s, now) && s->proof >= proof)
        return false;
    return proof == GUARD_PROVEN || !is_good(s, now);
}

bool guard_tell(struct guard *g, const struct addr *from, enum guard_fact fact,
                enum guard_proof proof, time_ns now, struct guard_ban *out)
{
    struct source *s = source_watch(g, from, now);

    assert(fact < N_GUARD_FACTS && proof < N_GUARD_PROOFS);
    if (g->limit == 0 || is_trusted(g, s, from))
        return false;
    forget(s, now);
    if (fact == GUARD_GOOD) {
        reward(s, now);
        return false;
    }
    if (!counts(s, proof, now))
        return false;
    s->points[proof] += weights[fact];
    if (s->points[proof] < limit_of(g, s, now))
        return false;
    judge(g, s, proof, now);
    describe(s, out);
    return true;
}

void guard_set(struct guard *g, const struct guard_ban *b, time_ns now)
{
    struct source *s = source_watch(g, &b->addr, now);

    if (is_trusted(g, s, &b->addr) || s->until >= b->until || b->until <= now)
        return;
    if (b->proof == GUARD_PROVEN || !is_good(s, now))
        ban(g, s, b->until, b->proof);
}

void guard_forgive(struct guard *g, const struct addr *a)
{
    struct source *s = source_find(g, a);

    if (!s)
        return;
    s->until = 0;
    s->bans = 0;
    s->points[GUARD_FORGEABLE] = s->points[GUARD_PROVEN] = 0;
}

bool guard_each_ban(const struct guard *g, uint32_t *cursor, struct guard_ban *out, time_ns now)
{
    while (*cursor < g->table.n) {
        const struct source *s = &g->table.sources[(*cursor)++];

        if (!is_banned(s, now) || s->trust == TRUST_ALL)
            continue;
        describe(s, out);
        return true;
    }
    return false;
}

size_t guard_list_bans(const struct guard *g, uint32_t *cursor, unsigned looks,
                       struct guard_ban *out, size_t max, time_ns now)
{
    size_t n = 0;

    for (; looks > 0 && n < max && *cursor < g->table.n; looks--) {
        const struct source *s = &g->table.sources[(*cursor)++];

        if (is_banned(s, now) && s->trust != TRUST_ALL)
            describe(s, &out[n++]);
    }
    if (*cursor >= g->table.n)
        *cursor = 0;
    return n;
}

bool guard_has_banned(struct guard *g, const struct addr *a, time_ns now)
{
    const struct source *s = source_find(g, a);

    return s && is_banned(s, now) && s->trust != TRUST_ALL;
}
