/* What must hold of phones that register by flows and have addresses of their own (RFC 5626, 5627):
 * looks at the wire and at what the phones got. */
#include "sim/check.h"

static struct agent *receiver(const struct rung *r)
{
    return r->to ? agent_of((struct node *)(uintptr_t)r->to) : NULL;
}

static const struct agent *sender(const struct rung *r)
{
    return agent_of((struct node *)(uintptr_t)r->from);
}

static struct str text_of(const struct rung *r)
{
    return (struct str){r->text, r->len};
}

const struct rung *check_arrival(const struct world *w, const struct call *c,
                                 const struct agent *at)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        bool is_to = receiver(r) && (!at || receiver(r) == at);
        if (is_to && str_starts(text_of(r), STR("INVITE ")) && !rung_is_within(r) &&
            str_equal(rung_header(r, "Call-ID"), c->early.trying.id.call_id))
            return r;
    }
    return NULL;
}

/* RFC 5626 11.5, 5.3: no server tells a phone 430; nobody passes on what a forged token asks for.
 */
static void check_told(const struct world *w, const struct rung *r)
{
    if (!r->from->location) /* a phone, or somebody who repeats what he heard */
        return;
    if (!check_has_stateless(w)) /* who keeps no state tries no other flow */
        EXPECT(w, !receiver(r) || !str_starts(text_of(r), STR("SIP/2.0 430")));
    if (str_starts(text_of(r), STR("MESSAGE ")))
        EXPECT(w, rung_header(r, "X-Forged").len == 0);
}

/* RFC 5626 6: by one of a phone's flows at a time, and by the next only where that one has failed.
 * A phone that gets a request by two ways says 482 (RFC 3261 8.2.2.2); where a flow has ended in
 * mid-ring that is so. */
static void check_merged(const struct world *w, const struct rung *r)
{
    const struct agent *a = sender(r);
    if (a && a->n_flows > 1 && !a->flows[0].ended_at && !a->flows[1].ended_at)
        EXPECT(w, !str_starts(text_of(r), STR("SIP/2.0 482")));
}

/* --- a phone is reached by the flow that lives --- */

#define PATIENT (40 * NS_PER_S) /* a flow that is silent takes 64*T1 */

static bool has_lived_on(const struct call *c)
{
    bool lived = false;
    for (unsigned i = 0; i < AGENT_FLOWS; i++)
        lived = lived || c->lives[i] == c->wanted->flows[i].life + 1;
    return lived;
}

static void judge(void *call)
{
    const struct call *c = call;
    /* 403: its own server does not relay for who has not registered by this way */
    bool is_over =
        c->lost || c->cancelled || c->answers > 0 || c->status >= 600 || c->status == 403;
    if (!is_over && has_lived_on(c))
        EXPECT(c->agent->node.w, check_arrival(c->agent->node.w, c, c->wanted));
}

void check_wanted(struct call *c, const struct agent *to)
{
    struct world *w = c->agent->node.w;
    if (!w->flows_alone)
        return;
    c->wanted = to;
    for (unsigned i = 0; i < to->n_flows; i++) {
        const struct agent_flow *f = &to->flows[i];
        bool lives = f->lives && !f->under_way && f->until > w->now + PATIENT;
        c->lives[i] = lives ? f->life + 1 : 0;
    }
    world_do(w, PATIENT, judge, c);
}

/* --- at the end --- */

/* RFC 5627 3.2: one phone has it. */
static void check_alone(const struct world *w, const struct agent *a, const struct call *c)
{
    for (size_t n = 0; c->alone && n < w->n_nodes; n++) {
        const struct agent *other = agent_of(w->nodes[n]);
        if (other && other != c->alone && other != a)
            EXPECT(w, !check_arrival(w, c, other));
    }
}

/* Nor does it ring once more when the first time is over. */
static void check_rings(const struct world *w, const struct agent *a)
{
    for (size_t i = 0; i < AGENT_CALLS; i++)
        for (size_t k = i + 1; k < AGENT_CALLS; k++) {
            const struct call *x = &a->calls[i], *y = &a->calls[k];
            if (x->side == CALL_IN && y->side == CALL_IN && !x->lost && !y->lost)
                EXPECT(w, !str_equal(x->dialog.id.call_id, y->dialog.id.call_id));
        }
}

void check_flows(const struct world *w)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        check_told(w, &w->ladder.rungs[i]);
        if (w->flows_alone)
            check_merged(w, &w->ladder.rungs[i]);
    }
    /* who lies, or says again what others have said, may lead anywhere */
    bool is_misled = w->temper == TEMPER_HOSTILE || w->dns_lies > 0;
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++)
            if (a->calls[i].side == CALL_OUT && !is_misled)
                check_alone(w, a, &a->calls[i]);
        if (a && a->n_flows > 1 && w->flows_alone)
            check_rings(w, a);
    }
}
