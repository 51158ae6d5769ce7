/* What must hold of requests, of calls, and of the two ends of each, at the end of a run. */
#include <stdio.h>

#include "sim/check.h"

#define T1 (500 * NS_PER_MS)

static bool is_kept(enum fate f)
{
    return f == FATE_DELIVERED || f == FATE_DOUBLED || f == FATE_STREAM || f == FATE_DEAD;
}

static bool is_failing(const struct node *n)
{
    const struct sim_location *l = n->location;
    return l && (l->failures || l->get_failures || l->put_failures || l->full);
}

bool check_is_kind(const struct world *w)
{
    bool kind = w->temper == TEMPER_KIND && !w->heap.refused && !w->elements_heap.refused;
    for (size_t i = 0; kind && i < w->n_nodes; i++)
        kind = !is_failing(w->nodes[i]) && element_bans(w->nodes[i]) == 0;
    for (size_t i = 0; kind && i < w->ladder.n; i++)
        kind = is_kept(w->ladder.rungs[i].fate);
    return kind;
}

/* --- requests --- */

/* RFC 3261 17.1, 8.1.3.1: a client gets one final answer, be it a timeout; to an INVITE either one
 * failure or any number of 2xx, never both (RFC 6026 7.2) */
static void check_asked(const struct world *w, const struct asked *q)
{
    if (q->lost)
        return;
    if (q->use == USE_INVITE || q->use == USE_REINVITE)
        EXPECT(w, (q->oks > 0) != (q->failures == 1));
    else
        EXPECT(w, q->oks + q->failures == 1);
}

/* --- one end --- */

/* RFC 3261 13.2.2.4: each 2xx, told apart by its To tag, is shown to the user once */
static void check_shown(const struct world *w, const struct call *c)
{
    LIST_EACH (&c->early.dialogs, node, after) {
        const struct dialog *d = CONTAINER_OF(node, struct dialog, node);
        EXPECT(w, d->user == (d->answered ? 1 : 0));
    }
}

static void check_out(const struct world *w, const struct call *c)
{
    /* RFC 3261 13.2.2: one failure or answers, never both, never neither */
    EXPECT(w, (c->failures == 1) != (c->answers >= 1));
    EXPECT(w, early_count(&c->early, DIALOG_EARLY) == 0);
    /* 13.2.2.4: whoever else answered is told that nobody wants him */
    EXPECT(w, early_count(&c->early, DIALOG_CONFIRMED) <= (c->cancelled ? 0 : 1));
    check_shown(w, c);
}

/* RFC 3261 13.3.1.4, 14.2: a final answer for each INVITE; a 2xx gets its ACK, or after 64*T1 the
 * dialog is ended, or somebody ended it before */
static void check_invited(const struct world *w, const struct invited *i)
{
    EXPECT(w, i->status >= 200);
    if (i->status < 300)
        EXPECT(w, i->acked || i->gave_up || i->dialog->state == DIALOG_TERMINATED);
}

static void check_in(const struct world *w, const struct call *c)
{
    EXPECT(w, c->has_final && c->dialog.state != DIALOG_EARLY);
}

static void check_call(const struct world *w, const struct call *c)
{
    if (c->side == CALL_UNUSED || c->lost)
        return;
    /* RFC 3261 13.2.2.4: an ACK for each 2xx that arrives, retransmissions too; one that found no
     * memory waits for the next */
    EXPECT(w, c->acks_sent == c->oks_received || w->heap.refused);
    EXPECT(w, !c->reinvite);
    if (c->side == CALL_OUT)
        check_out(w, c);
    else
        check_in(w, c);
    for (unsigned n = 0; n < c->n_invited; n++)
        check_invited(w, &c->invited[n]);
}

/* --- both ends --- */

static bool is_over(const struct dialog *d)
{
    return d->state == DIALOG_TERMINATED;
}

/* Was a BYE in this dialog answered by the other side? */
static bool was_told(const struct agent *a, const struct dialog *d)
{
    for (size_t i = 0; i < a->n_asked; i++) {
        const struct asked *q = a->asked[i];
        if (q->use == USE_BYE && q->dialog == d && q->oks > 0)
            return true;
    }
    return false;
}

/* Was a BYE answered by this side with 481? Its 2xx is still on its way then: it has no call to
 * end, and shows one once that has come. A server that ends calls takes it for an end all the same.
 */
static bool knew_nothing(const struct world *w, const struct call *c, struct str call_id)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (r->from == &c->agent->node && str_starts(str_from(r->text), STR("SIP/2.0 481")) &&
            str_ends_nocase(rung_header(r, "CSeq"), STR("BYE")) &&
            str_equal(rung_header(r, "Call-ID"), call_id))
            return true;
    }
    return false;
}

/* Whatever the world did: RFC 3261 13.2.2.4: who sends the ACK has shown its user the answer. So a
 * callee whose 2xx was lost has none and ends by itself (check_in). RFC 3261 15.1.2: who answers
 * BYE with 2xx has ended the dialog. */
static void check_ends(const struct world *w, const struct call *in, const struct call *out,
                       const struct dialog *d)
{
    if (in->acked)
        EXPECT(w, d && d->answered);
    if (was_told(in->agent, &in->dialog) && !knew_nothing(w, out, in->dialog.id.call_id))
        EXPECT(w, out->lost || (d && is_over(d)));
    if (d && was_told(out->agent, d))
        EXPECT(w, in->lost || is_over(&in->dialog));
}

/* RFC 3261 16.10, 22.1: without state a CANCEL goes where its INVITE would go now, if it bore no
 * credentials. */
static bool is_cancelled_alike(const struct world *w, const struct call *out)
{
    return !check_moved(w, out->invite->sent_at, out->final_at) && !out->invite->sent.proved;
}

/* In a kind world: RFC 3261 16.7 step 5: no 2xx is lost, and each gets its ACK; both ends agree
 * that the call stands or that it is over; 16.7 step 10, 9: no phone rings on once its caller has
 * its answer. */
static void check_ends_kindly(const struct world *w, const struct call *in, const struct call *out,
                              const struct dialog *d)
{
    if (in->final_status == 200) {
        EXPECT(w, d && d->answered && in->acked);
        EXPECT(w, !d || is_over(d) == is_over(&in->dialog));
    }
    if (!check_has_stateless(w) || is_cancelled_alike(w, out))
        EXPECT(w, in->final_at <= out->final_at + 64 * T1);
}

static void check_pair(const struct world *w, const struct call *in, bool kind)
{
    const struct call *out = in->side == CALL_IN ? call_caller(in) : NULL;
    if (!out)
        return;
    const struct dialog *d = call_caller_dialog(in);
    check_ends(w, in, out, d);
    if (kind)
        check_ends_kindly(w, in, out, d);
}

/* Without state a request that waited for a name goes on though its sender has given up. */
static bool is_prompt(const struct world *w)
{
    return !check_has_stateless(w) || (!w->dns_silence && !w->dns_lies && !w->dns_delay_max);
}

void check_calls(const struct world *w)
{
    bool kind = check_is_kind(w) && is_prompt(w);
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < a->n_asked; i++)
            check_asked(w, a->asked[i]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++) {
            check_call(w, &a->calls[i]);
            if (w->temper < TEMPER_HOSTILE)
                check_pair(w, &a->calls[i], kind);
        }
    }
}
