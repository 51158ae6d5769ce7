/* What must hold of responses, and of servers that keep no state of what they pass on (RFC 3261
 * 16.11, 16.10): looks at the wire. */
#include <string.h>

#include "sim/check.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define ON_ITS_WAY (2 * NS_PER_S) /* a REGISTER, until the record is another */

static bool is_passed(const struct rung *r)
{
    return element_keeps_nothing(r->from) && wire_is_request(r) && wire_is_stateless(r) &&
           wire_via(r, 1).len > 0;
}

static uint64_t hash(struct str s, uint64_t with)
{
    struct hash_key key = {with, 0x7061737365};
    return siphash13(&key, s) | 1;
}

/* --- RFC 3261 18.2.2: a response goes to who asked --- */

/* A transaction's requests and its responses, by the top Via, which both have where they are sent.
 */
static uint64_t by_branch(const struct rung *r)
{
    struct str branch = wire_branch(r, 0);
    return branch.len > 0 && r->from->engine ? hash(branch, 0) : 0;
}

static void check_response(const struct world *w, const struct rung *request, const struct rung *r)
{
    if (r->to && !wire_is_request(r) && wire_is_request(request))
        EXPECT(w, addr_equal(&r->to->addr, &request->from->addr));
}

static void check_responses(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, by_branch);
    for (size_t i = 0; i < w->ladder.n; i++)
        for (size_t k = g.is_first[i] ? g.next[i] : GROUP_END; k != GROUP_END; k = g.next[k])
            check_response(w, &w->ladder.rungs[i], &w->ladder.rungs[k]);
    groups_fini(&g);
}

/* --- one way for all copies of a request, its ACK and its CANCEL --- */

static uint64_t by_received_branch(const struct rung *r)
{
    return is_passed(r) ? hash(wire_branch(r, 1), r->from->addr.ip[3]) : 0;
}

/* Does a binding that this 200 lists end then? RFC 3261 10.3 step 8 */
static bool ends_between(const struct rung *r, time_ns from, time_ns to)
{
    const char *at = strstr(r->text, ";expires=");
    for (; at; at = strstr(at + 1, ";expires=")) {
        uint64_t seconds = 0;
        struct str digits = str_from(at + 9);
        digits = str_slice(digits, 0, strspn(at + 9, "0123456789"));
        time_ns end =
            str_to_u64(digits, UINT32_MAX, &seconds) ? time_add(r->at, seconds * NS_PER_S) : 0;
        if (end >= from && end <= to)
            return true;
    }
    return false;
}

bool check_moved(const struct world *w, time_ns from, time_ns to)
{
    from = from > ON_ITS_WAY ? from - ON_ITS_WAY : 0;
    to = time_add(to, ON_ITS_WAY);
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (str_equal(wire_method(r), STR("REGISTER")) &&
            ((r->at >= from && r->at <= to) || ends_between(r, from, to)))
            return true;
    }
    return false;
}

/* One and only one target, as long as whom they lead to stays as it was. */
static void check_target(const struct world *w, const struct rung *first, const struct rung *r)
{
    struct str a = wire_start(first), b = wire_start(r);
    bool by_stream = first->fate == FATE_STREAM || r->fate == FATE_STREAM;
    a = str_slice(a, str_find(a, ' '), a.len);
    b = str_slice(b, str_find(b, ' '), b.len);
    if (str_equal(a, b) && first->to && r->to)
        EXPECT(w, addr_equal(&first->to->addr, &r->to->addr));
    else if (w->users_alone && !by_stream && !check_moved(w, first->at, r->at))
        EXPECT(w, str_equal(a, b));
}

static void check_ways(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, by_received_branch);
    for (size_t i = 0; i < w->ladder.n; i++)
        for (size_t k = g.is_first[i] ? g.next[i] : GROUP_END; k != GROUP_END; k = g.next[k]) {
            const struct rung *first = &w->ladder.rungs[i], *r = &w->ladder.rungs[k];
            EXPECT(w, str_equal(wire_branch(first, 0), wire_branch(r, 0)));
            check_target(w, first, r);
        }
    groups_fini(&g);
}

/* --- as often as it came, and no oftener --- */

/* The same message but for its Vias. */
static bool is_alike(const struct rung *a, const struct rung *b)
{
    if (wire_is_request(a) || wire_is_request(b))
        return wire_is_request(a) == wire_is_request(b) &&
               str_equal(wire_method(a), wire_method(b));
    return str_equal(wire_start(a), wire_start(b)) &&
           str_equal(rung_header(a, "CSeq"), rung_header(b, "CSeq")) &&
           str_equal(rung_header(a, "To"), rung_header(b, "To"));
}

/* How often what has this branch in its n-th Via came to the server. */
static size_t came(const struct world *w, const struct rung *like, struct str branch, unsigned n)
{
    size_t times = 0;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (r->to && addr_equal(&r->to->addr, &like->from->addr) && is_alike(r, like) &&
            str_equal(wire_branch(r, n), branch))
            times += wire_arrivals(r);
    }
    return times;
}

/* A request by the branch that it came with, a response by that which it has as it leaves. */
static struct str own_branch(const struct rung *r)
{
    return wire_branch(r, wire_is_request(r) ? 1 : 0);
}

static uint64_t by_message(const struct rung *r)
{
    bool passes = is_passed(r) || (element_keeps_nothing(r->from) && !wire_is_request(r));
    if (!passes || own_branch(r).len == 0)
        return 0;
    struct str what = wire_is_request(r) ? wire_method(r) : wire_start(r);
    uint64_t h = hash(rung_header(r, "CSeq"), r->from->addr.ip[3]);
    h = wire_is_request(r) ? h : hash(rung_header(r, "To"), h);
    return hash(own_branch(r), hash(what, h));
}

/* Did its request have to wait, so that it had its 100 and was seen through with state? */
static bool was_kept(const struct world *w, const struct rung *r)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *q = &w->ladder.rungs[i];
        if (wire_is_request(q) && addr_equal(&q->from->addr, &r->from->addr) &&
            !wire_is_stateless(q) && str_equal(wire_branch(q, 1), own_branch(r)))
            return true;
    }
    return false;
}

/* What it answers by itself it answers once for each copy. */
static void check_often(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *r = &w->ladder.rungs[first];
    size_t out = groups_size(g, first);
    if (!wire_is_request(r) && (out == 1 || w->elements_heap.refused > 0))
        return; /* what finds no memory is owed, and kept */
    size_t in = came(w, r, own_branch(r), wire_is_request(r) ? 0 : 1);
    if ((wire_is_request(r) || in > 0) && (out <= in || !was_kept(w, r)))
        EXPECT(w, out <= in);
}

static void check_copies(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, by_message);
    for (size_t i = 0; i < w->ladder.n; i++)
        if (g.is_first[i])
            check_often(w, &g, i);
    groups_fini(&g);
}

bool check_has_stateless(const struct world *w)
{
    for (size_t i = 0; i < w->n_nodes; i++)
        if (element_keeps_nothing(w->nodes[i]))
            return true;
    return false;
}

void check_passed(const struct world *w)
{
    if (w->temper == TEMPER_HOSTILE)
        return;
    check_responses(w);
    if (!check_has_stateless(w))
        return;
    check_ways(w);
    check_copies(w);
}
