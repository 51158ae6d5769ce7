/* What must hold of the BYEs by which servers end calls, and of the limits of calls: looks at the
 * wire, and at what servers follow. */
#include <string.h>

#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define VIEWS 64

static bool is_own_bye(const struct rung *r)
{
    return r->from->location && wire_is_request(r) && str_equal(wire_method(r), STR("BYE")) &&
           wire_via(r, 1).len == 0;
}

static uint64_t hash_dialog(const struct node *server, const struct rung *r)
{
    struct hash_key key = {server->addr.ip[3], 0x656e646564};
    return siphash13(&key, rung_header(r, "Call-ID")) + siphash13(&key, wire_tag(r, "From")) +
           siphash13(&key, wire_tag(r, "To"));
}

/* --- what a server says by itself --- */

static bool is_answer(const struct rung *r)
{
    return wire_status(r) / 100 == 2 && str_equal(wire_method(r), STR("INVITE"));
}

/* What it sends within, and the answers by which there is one. */
static uint64_t by_dialog(const struct rung *r)
{
    bool counts = r->from->location && rung_is_within(r) && (wire_is_request(r) || is_answer(r));
    return counts ? hash_dialog(r->from, r) | 1 : 0;
}

/* From the same side to the other. */
static bool is_alike(const struct rung *r, const struct rung *bye)
{
    return str_equal(wire_tag(r, "From"), wire_tag(bye, "From"));
}

/* Has who it speaks for used its number, too? */
static bool is_number_used(const struct world *w, const struct rung *bye, const struct rung *until)
{
    for (const struct rung *r = w->ladder.rungs; r < until; r++)
        if (r->to == bye->from && wire_is_request(r) && is_alike(r, bye) &&
            str_equal(rung_header(r, "Call-ID"), rung_header(bye, "Call-ID")) &&
            wire_cseq(r) >= wire_cseq(bye))
            return true;
    return false;
}

/* RFC 3261 15.1.1, RFC 3326: one BYE to each side, be it sent by another way where the first one
 * fails, and it says why. */
static void check_bye(const struct world *w, const struct rung *first, const struct rung *r)
{
    EXPECT(w, rung_header(r, "Reason").len > 0);
    if (is_alike(r, first) && !is_number_used(w, first, r))
        EXPECT(w, str_equal(rung_header(r, "CSeq"), rung_header(first, "CSeq")));
}

/* Its calls may pass it twice: what it sends itself it passes on. */
static bool is_circular(const struct groups *g, const struct world *w, size_t first)
{
    for (size_t i = first; i != GROUP_END; i = g->next[i]) {
        const struct rung *r = &w->ladder.rungs[i];
        if (r->to && addr_equal(&r->to->addr, &r->from->addr))
            return true;
    }
    return false;
}

static bool is_again(const struct world *w, const struct groups *g, size_t first, size_t at)
{
    const struct rung *rungs = w->ladder.rungs;
    for (size_t i = first; i != at; i = g->next[i])
        if (rungs[i].len == rungs[at].len &&
            memcmp(rungs[i].text, rungs[at].text, rungs[at].len) == 0)
            return true;
    return false;
}

/* Had a server passed the request on, or said 100 to it, before `end`? Where its connection broke
 * it goes by another one. */
static bool was_under_way(const struct world *w, const struct rung *r, const struct rung *end)
{
    for (const struct rung *before = w->ladder.rungs; before < end; before++)
        if (before->from->location && is_alike(before, r) &&
            str_equal(rung_header(before, "CSeq"), rung_header(r, "CSeq")) &&
            str_equal(rung_header(before, "Call-ID"), rung_header(r, "Call-ID")))
            return true;
    return false;
}

/* Once it has ended a call, until it begins anew, nothing but BYEs passes, ACKs, and CANCELs of
 * what was under way; and it ends none that a BYE has ended: one that overtook the answer finds no
 * call. */
static void check_order(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *own[2] = {0};
    bool answered = false, over = false;
    for (size_t i = first; i != GROUP_END; i = g->next[i]) {
        const struct rung *r = &w->ladder.rungs[i];
        struct str method = wire_method(r);
        if (!wire_is_request(r)) {
            answered = true;
        } else if (is_own_bye(r)) {
            unsigned side = own[0] && !is_alike(r, own[0]);
            EXPECT(w, !over || own[0]);
            own[side] = own[side] ? own[side] : r;
            check_bye(w, own[side], r);
        } else if (str_equal(method, STR("BYE"))) {
            over = over || (answered && !is_again(w, g, first, i));
        } else if (own[0] && !str_equal(method, STR("ACK")) && !str_equal(method, STR("CANCEL"))) {
            EXPECT(w, is_again(w, g, first, i) || was_under_way(w, r, own[0]) ||
                          element_began(r->from) > own[0]->at ||
                          r->at > time_add(own[0]->at, 30 * NS_PER_S));
        }
    }
    if (own[0] && check_is_kind(w) && !own[0]->from->is_down)
        EXPECT(w, own[1]);
}

static void check_byes(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, by_dialog);
    for (size_t i = 0; i < w->ladder.n; i++)
        if (g.is_first[i] && !is_circular(&g, w, i))
            check_order(w, &g, i);
    groups_fini(&g);
}

/* --- limits --- */

struct tally {
    size_t calls, of_user; /* different Call-IDs: of all, and of the caller with the most */
};

static size_t views_of(const struct node *n, struct follow_view views[VIEWS])
{
    uint32_t cursor = 0;
    const struct element_node *e = (const struct element_node *)n;
    return element_followed(e->element, &cursor, views, VIEWS);
}

static bool is_new(const struct follow_view *views, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (views[k].state == FOLLOW_ANSWERED && str_equal(views[k].id_text, views[i].id_text))
            return false;
    return views[i].state == FOLLOW_ANSWERED;
}

static struct tally tally_of(const struct node *n)
{
    struct follow_view v[VIEWS];
    struct tally t = {0};
    size_t all = views_of(n, v);
    for (size_t i = 0; i < all; i++) {
        size_t same = 0;
        t.calls += is_new(v, i);
        for (size_t k = 0; k < all; k++)
            same += is_new(v, k) && str_equal(v[k].from, v[i].from);
        t.of_user = same > t.of_user ? same : t.of_user;
    }
    return t;
}

void check_limits(const struct node *n)
{
    const struct element_node *e = (const struct element_node *)n;
    const struct follow_rules *rules = &e->calls.rules;
    if (rules->calls == 0)
        return;
    struct tally t = tally_of(n);
    if (n->w->temper > TEMPER_KIND) /* a fork that answers late is one more, until it is hung up */
        return;
    EXPECT(n->w, t.calls <= rules->calls);
    EXPECT(n->w, t.of_user <= rules->calls_per_user);
}

/* A place is given back with each call that is over, and kept by each that stands. */
static void check_places(const struct world *w, const struct node *n)
{
    uint64_t calls = 0;
    const struct element_node *first = (const struct element_node *)n;
    if (n->is_down || first->calls.mode != CONFIG_MODE_CALL)
        return;
    for (unsigned i = 0; i < n->n_workers; i++) {
        const struct element_node *e = (const struct element_node *)n->workers[i];
        calls += element_follow_stats(e->element)->dialogs;
        EXPECT(w, element_follow_stats(e->element)->setups == 0);
    }
    EXPECT(w, follow_quota_all(first->quota) == calls);
}

void check_ended(const struct world *w)
{
    if (w->temper < TEMPER_HOSTILE)
        check_byes(w);
    for (size_t i = 0; i < w->n_nodes; i++)
        if (w->nodes[i]->face == &element_face && w->nodes[i]->worker == 0)
            check_places(w, w->nodes[i]);
}
