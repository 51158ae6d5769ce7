/* What must hold of each branch that a server forks a request to, and of what it answers in the
 * end (RFC 3261 16.7, 16.8, 9.1): looks at the wire. */
#include "sim/check.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define TIMER_C (181 * NS_PER_S)
#define LATE (30 * NS_PER_S) /* until Timer B ends what nobody answers */

static bool keeps_state(const struct node *n)
{
    return n && n->location && !element_keeps_nothing(n);
}

static uint64_t hash_of(const struct node *server, struct str branch, struct str cseq)
{
    struct hash_key key = {server->addr.ip[3], 0x6272616e6368};
    key.k0 = siphash13(&key, branch);
    return siphash13(&key, cseq) | 1;
}

/* It is as it was when this was sent: what came before it began anew it knows nothing of. */
static bool has_stood_since(const struct node *server, time_ns at)
{
    return !server->is_down && element_began(server) <= at;
}

/* Where a server sees all that comes, as soon as it comes. */
static bool are_awake(const struct world *w)
{
    return w->sleeps == 0 && w->elements_heap.refused == 0;
}

/* --- each branch --- */

/* What a server sends to a branch by an INVITE, and what it hears of it. */
static uint64_t by_branch(const struct rung *r)
{
    static const struct str none = STR_INIT("");
    const struct node *server = wire_is_request(r) ? r->from : r->to;
    struct str method = wire_method(r);
    bool counts = str_equal(method, STR("INVITE")) || str_equal(method, STR("CANCEL"));
    if (!counts || !keeps_state(server) || wire_branch(r, 0).len == 0 || wire_is_stateless(r))
        return 0;
    return hash_of(server, wire_branch(r, 0), none);
}

struct branch {
    const struct rung *invite, *provisional, *final, *cancel; /* the first of each; NULL: none */
    time_ns rang;                                             /* when it last said so */
};

static bool is_datagram(const struct rung *r)
{
    return r->fate == FATE_DELIVERED || r->fate == FATE_DOUBLED;
}

/* RFC 3261 9.1: no CANCEL before a provisional response, and one alone. */
static void check_cancel(const struct world *w, struct branch *b, const struct rung *r)
{
    EXPECT(w, b->provisional);
    if (b->cancel)
        EXPECT(w, b->cancel->len == r->len && memcmp(b->cancel->text, r->text, r->len) == 0);
    if (!b->cancel && b->final && is_datagram(b->final) && are_awake(w))
        EXPECT(w, r->at <= time_add(b->final->at, w->slowest + NS_PER_MS));
}

static void look_at(const struct world *w, struct branch *b, const struct rung *r)
{
    unsigned status = wire_status(r);
    bool is_invite = str_equal(wire_method(r), STR("INVITE"));
    if (wire_is_request(r) && !is_invite)
        check_cancel(w, b, r);
    const struct rung **which = &b->cancel;
    if (is_invite)
        which = status == 0 ? &b->invite : status < 200 ? &b->provisional : &b->final;
    bool counts = wire_is_request(r) || (is_invite && wire_arrivals(r) > 0);
    if (counts && !*which)
        *which = r;
    if (is_invite && status > 100 && status < 200)
        b->rang = r->at;
}

/* RFC 3261 16.8: whoever rings has a final answer within Timer C, or is told to stop. One that
 * never rang ends by Timer B. */
static void check_end(const struct world *w, const struct branch *b)
{
    const struct rung *i = b->invite, *p = b->provisional;
    if (!i || !p || !is_datagram(p) || !are_awake(w) || w->link.unreachable ||
        i->fate == FATE_STREAM || p->at > time_add(i->at, LATE) || !has_stood_since(i->from, i->at))
        return;
    EXPECT(w, b->final || b->cancel);
    if (!b->cancel && b->rang && i->from->clock.ppm == 0)
        EXPECT(w, b->final->at < b->rang + w->slowest + TIMER_C + LATE / 10);
}

static void check_branch(const struct world *w, const struct groups *g, size_t first)
{
    struct branch b = {0};
    for (size_t i = first; i != GROUP_END; i = g->next[i])
        look_at(w, &b, &w->ladder.rungs[i]);
    check_end(w, &b);
}

/* --- the answer --- */

static uint64_t by_answer(const struct rung *r)
{
    if (wire_status(r) < 200 || !keeps_state(r->from) || wire_branch(r, 0).len == 0)
        return 0;
    return hash_of(r->from, wire_branch(r, 0), rung_header(r, "CSeq"));
}

/* How long the request coming again is known: by Timer J, or by Timer I behind the ACK; a clock may
 * run too fast. */
static time_ns memory_of(const struct rung *r)
{
    return str_equal(wire_method(r), STR("INVITE")) ? 4 * NS_PER_S : 28 * NS_PER_S;
}

/* RFC 3261 16.7 step 6: one final answer; to an INVITE any number of 2xx (step 5), but no other
 * one besides. */
static void check_answers(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *one = &w->ladder.rungs[first];
    unsigned status = wire_status(one);
    /* RFC 3261 26.3.2.4: a challenge is given once, and nothing is kept of it */
    if (!are_awake(w) || !has_stood_since(one->from, one->at) || status == 401 || status == 407)
        return;
    for (size_t i = g->next[first]; i != GROUP_END; i = g->next[i])
        if (w->ladder.rungs[i].at < time_add(one->at, memory_of(one)))
            EXPECT(w, wire_status(&w->ladder.rungs[i]) == status);
}

static void check_groups(const struct world *w, group_key *key,
                         void (*check)(const struct world *, const struct groups *, size_t))
{
    struct groups g;
    groups_init(&g, &w->ladder, key);
    for (size_t i = 0; i < w->ladder.n; i++)
        if (g.is_first[i])
            check(w, &g, i);
    groups_fini(&g);
}

void check_branches(const struct world *w)
{
    if (w->temper == TEMPER_HOSTILE)
        return;
    check_groups(w, by_branch, check_branch);
    if (!wire_was_cut(&w->ladder))
        check_groups(w, by_answer, check_answers);
}
