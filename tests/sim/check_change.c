/* What must hold of servers that drain, of those that get another configuration, and of the calls
 * that a server counts. Looks at the wire. */
#include "sim/check.h"
#include "sim/groups.h"
#include "sim/wire.h"

static const struct node *of; /* the server that groups are made for */

static struct str text_of(const struct rung *r)
{
    return (struct str){r->text, r->len};
}

static bool is_response(const struct rung *r)
{
    return str_starts(text_of(r), STR("SIP/2.0 "));
}

static bool is_at(const struct node *n)
{
    return n && n->workers[0] == of;
}

static bool begins(const struct rung *r, struct str with)
{
    return str_starts(text_of(r), with);
}

/* --- new work --- */

/* A request outside of dialogs that came, its copies, and all that was said about it. */
static uint64_t by_request(const struct rung *r)
{
    struct hash_key key = {1, 2};
    if (!is_at(r->to) && !is_at(r->from))
        return 0;
    return (siphash13(&key, rung_header(r, "Call-ID")) + siphash13(&key, rung_header(r, "CSeq")) +
            siphash13(&key, rung_header(r, "From"))) |
           1;
}

static bool is_new_work(const struct rung *r)
{
    return is_at(r->to) && !is_response(r) && !begins(r, STR("ACK ")) &&
           !begins(r, STR("CANCEL ")) && wire_tag(r, "To").len == 0;
}

static bool is_refusal(const struct rung *r)
{
    return begins(r, STR("SIP/2.0 503")) && rung_header(r, "Retry-After").len > 0;
}

/* What was first sent to a server that drained already: nothing becomes of it but a 503, RFC 3261
 * 21.5.4. */
static void check_refused(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *asked = &w->ladder.rungs[first];
    time_ns since = element_drains_since(of, asked->at);
    if (!is_new_work(asked) || since == TIME_NEVER)
        return;
    for (size_t i = g->next[first]; i != GROUP_END; i = g->next[i]) {
        const struct rung *r = &w->ladder.rungs[i];
        if (is_at(r->from) && element_drains_since(of, r->at) == since)
            EXPECT(w, is_refusal(r));
    }
}

/* What belongs to a call is never refused for a drain: all 503s with Retry-After of a server that
 * has memory and a store. */
static void check_goes_on(const struct world *w, const struct groups *g, size_t first)
{
    if (is_new_work(&w->ladder.rungs[first]) || !is_at(w->ladder.rungs[first].to) ||
        is_response(&w->ladder.rungs[first]))
        return;
    for (size_t i = g->next[first]; i != GROUP_END; i = g->next[i])
        EXPECT(w, !is_at(w->ladder.rungs[i].from) || !is_refusal(&w->ladder.rungs[i]));
}

static void check_drains(const struct world *w)
{
    bool has_all = w->elements_heap.refused == 0;
    struct groups g;
    groups_init(&g, &w->ladder, by_request);
    for (size_t i = 0; i < w->ladder.n; i++) {
        if (!g.is_first[i])
            continue;
        check_refused(w, &g, i);
        if (has_all)
            check_goes_on(w, &g, i);
    }
    groups_fini(&g);
}

/* --- calls in progress --- */

static bool is_answer(const struct rung *r)
{
    return begins(r, STR("SIP/2.0 2")) && str_ends_nocase(rung_header(r, "CSeq"), STR(" INVITE"));
}

/* A 481 to a CANCEL says nothing of the dialog: RFC 3261 9.2. */
static bool is_end(const struct rung *r)
{
    return begins(r, STR("BYE ")) || (begins(r, STR("SIP/2.0 481")) &&
                                      !str_ends_nocase(rung_header(r, "CSeq"), STR(" CANCEL")));
}

/* What makes a dialog, as it came or went, and what ended it at a server that passed it on since it
 * began; of either side. */
static uint64_t by_dialog(const struct rung *r)
{
    struct hash_key key = {3, 4};
    bool counts = is_answer(r) ? is_at(r->from) || is_at(r->to) : is_at(r->from) && is_end(r);
    if (!counts || r->at < element_began(of))
        return 0;
    return (siphash13(&key, rung_header(r, "Call-ID")) + siphash13(&key, wire_tag(r, "From")) +
            siphash13(&key, wire_tag(r, "To"))) |
           1;
}

static bool stands(const struct world *w, const struct groups *g, size_t first)
{
    bool answered = false;
    for (size_t i = first; i != GROUP_END; i = g->next[i]) {
        if (is_end(&w->ladder.rungs[i]))
            return false;
        answered = answered || is_answer(&w->ladder.rungs[i]);
    }
    return answered;
}

static size_t standing(const struct world *w)
{
    struct groups g;
    size_t n = 0;
    groups_init(&g, &w->ladder, by_dialog);
    for (size_t i = 0; i < w->ladder.n; i++)
        n += g.is_first[i] && stands(w, &g, i);
    groups_fini(&g);
    return n;
}

static size_t counted(const struct node *n)
{
    size_t calls = 0;
    for (unsigned i = 0; i < n->n_workers; i++)
        calls += element_calls(node_element(n->workers[i]), node_now(n->workers[i]));
    return calls;
}

/* No call counts that a BYE ended, whatever came behind it; in a kind world all others do. Who
 * slept may find a 2xx when it no longer knows the BYE. */
static void check_count(const struct world *w, const struct node *n)
{
    size_t most = standing(w), calls = counted(n);
    if (w->sleeps == 0)
        EXPECT(w, calls <= most);
    if (check_is_kind(w) && !(element_forms(n) & FORM_OFF_PATH) && !element_keeps_nothing(n) &&
        !check_has_timers(w))
        EXPECT(w, calls == most);
}

void check_drained(const struct world *w, const struct node *n)
{
    of = n->workers[0];
    if (check_is_kind(w) && !(element_forms(n) & FORM_OFF_PATH) && !element_keeps_nothing(n) &&
        !check_has_timers(w))
        EXPECT(w, standing(w) == 0);
}

/* --- all --- */

/* RFC 3261 12.2: in a kind world a request within a dialog reaches the other side, whatever the
 * servers were told meanwhile. */
static void check_within(const struct world *w, const struct agent *a)
{
    for (size_t i = 0; i < a->n_asked; i++) {
        const struct asked *q = a->asked[i];
        if (!q->dialog || q->use == USE_INVITE || q->use == USE_FLOW)
            continue;
        EXPECT(w, q->sent.tries == 0);
        EXPECT(w, q->status != 401 && q->status != 403 && q->status != 404 && q->status != 407 &&
                      q->status != 503);
    }
}

void check_change(const struct world *w)
{
    bool kind = check_is_kind(w), cut = wire_was_cut(&w->ladder);
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct node *n = w->nodes[i];
        const struct agent *a = agent_of(w->nodes[i]);
        of = n->workers[0];
        if (n->location && n == of && !cut)
            check_drains(w);
        if (n->location && n == of && !n->is_down)
            check_count(w, n);
        if (a && kind)
            check_within(w, a);
    }
}
