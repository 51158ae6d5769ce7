/* Judges when and how often the same message left a node; looks at the wire only. */
#include "sim/check.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define T1 (500 * NS_PER_MS)
#define T2 (4 * NS_PER_S)

/* RFC 3261 16.11: it goes as often as it came. */
static bool is_passed_on(const struct rung *r)
{
    return wire_is_request(r) ? wire_is_stateless(r) : element_keeps_nothing(r->from);
}

/* Of our transactions: not what a scripted peer says, nor what travels by a stream, where nothing
 * is sent again (RFC 3261 17.1.1.2). */
static bool is_timed(const struct rung *r)
{
    return r->from->engine && r->fate != FATE_STREAM && !is_passed_on(r);
}

static uint64_t same_text(const struct rung *r)
{
    const struct addr *a = &r->from->addr;
    struct hash_key key = {a->ip[3], r->from->worker};
    return is_timed(r) ? siphash13(&key, (struct str){r->text, r->len}) | 1 : 0;
}

/* As long as a node's own clock takes for it. */
static time_ns at_node(const struct node *n, time_ns span)
{
    return (time_ns)((double)span * 1e6 / (1e6 + n->clock.ppm));
}

/* RFC 3261 17.1.1.2, 17.1.2.2: what must lie between the n-th sending (from 0) and the next */
static time_ns least_gap(bool invite, unsigned n)
{
    time_ns gap = T1 << n;
    return invite || gap < T2 ? gap : T2;
}

static void check_request(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *rungs = w->ladder.rungs, *r = &rungs[first], *last = r;
    bool invite = strncmp(r->text, "INVITE ", 7) == 0;
    unsigned n = 0;
    for (size_t i = g->next[first]; i != GROUP_END; i = g->next[i]) {
        const struct rung *again = &rungs[i];
        /* the wheel's tick is a millisecond */
        EXPECT(w, again->at - last->at + 2 * NS_PER_MS >= at_node(r->from, least_gap(invite, n)));
        EXPECT(w, again->at < r->at + at_node(r->from, 64 * T1));
        last = again;
        n++;
    }
    EXPECT(w, n < (invite ? 7 : 11));
}

/* How often the INVITE that `r` answers may have reached its server. Who obeys no rule may spell
 * its Call-ID as nobody else does. */
static size_t askings(const struct world *w, const struct rung *r)
{
    struct str id = rung_header(r, "Call-ID");
    size_t n = 0;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *q = &w->ladder.rungs[i];
        bool asks = q->to && addr_equal(&q->to->addr, &r->from->addr) &&
                    strncmp(q->text, "INVITE ", 7) == 0;
        bool same = str_equal(rung_header(q, "Call-ID"), id) ||
                    (w->temper == TEMPER_HOSTILE && q->from == r->to);
        if (asks && same)
            n += q->fate == FATE_DOUBLED ? 2 : 1;
    }
    return n;
}

/* 17.2.1: by Timer G at T1, doubling to T2, for 64*T1, and once for each INVITE that came again; an
 * INVITE that a sleeper found when that time was over is a new one */
static void check_refusal(const struct world *w, const struct groups *g, size_t first)
{
    size_t n = groups_size(g, first);
    if (n > 11)
        EXPECT(w, n <= 11 * (1 + w->sleeps) + askings(w, &w->ladder.rungs[first]));
}

static bool refuses_invite(const struct rung *r)
{
    return str_starts((struct str){r->text, r->len}, STR("SIP/2.0 ")) && r->text[8] >= '3' &&
           str_ends_nocase(rung_header(r, "CSeq"), STR(" INVITE"));
}

void check_schedule(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, same_text);
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (!g.is_first[i] || g.next[i] == GROUP_END || strncmp(r->text, "ACK ", 4) == 0)
            continue;
        if (strncmp(r->text, "SIP/2.0 ", 8) != 0)
            check_request(w, &g, i);
        else if (refuses_invite(r))
            check_refusal(w, &g, i);
    }
    groups_fini(&g);
}
