/* What must hold of softphones: what their users were told of calls, and what the two ends of each
 * think of it. */
#include <stdio.h>

#include "sim/agent.h"
#include "sim/check.h"
#include "sim/softphone.h"

/* --- while they talk --- */

static enum sdp_direction mirrored(enum sdp_direction d)
{
    return d == SDP_SENDONLY ? SDP_RECVONLY : d == SDP_RECVONLY ? SDP_SENDONLY : d;
}

/* RFC 3264 6.1: each sends what the other one receives, by the codec that both named. */
static void check_stream(const struct world *w, const struct sdp_agreed *a,
                         const struct sdp_agreed *b)
{
    EXPECT(w, a->live == b->live);
    if (!a->live || !b->live)
        return;
    EXPECT(w, a->direction == mirrored(b->direction));
    EXPECT(w, a->n_formats == b->n_formats && a->n_formats > 0);
    EXPECT(w, a->formats[0].send == b->formats[0].receive);
    EXPECT(w, a->formats[0].receive == b->formats[0].send);
}

static void check_agreed(const struct world *w, const struct call_view *a,
                         const struct call_view *b)
{
    EXPECT(w, a->n_agreed == b->n_agreed && a->n_agreed > 0);
    for (unsigned i = 0; i < a->n_agreed; i++)
        check_stream(w, &a->agreed[i], &b->agreed[i]);
}

/* An agent's side of the same dialog stands. */
static bool is_agents(const struct agent *a, const struct call_view *v)
{
    for (size_t i = 0; a && i < AGENT_CALLS; i++) {
        struct call *c = (struct call *)(uintptr_t)&a->calls[i];
        const struct dialog *d = c->lost ? NULL : call_dialog(c);
        if (d && str_equal(d->id.call_id, v->call_id) && str_equal(d->id.local_tag, v->remote_tag))
            return true;
    }
    return false;
}

/* Agents do not agree to every session timer: who loses power may not be missed. */
static void check_agent_talks(const struct world *w, const struct softphone_call *c, bool alike)
{
    struct call_view v;
    bool any_agent = false, stands = false;
    int err = call_look(c->phone->ua, c->id, &v);
    EXPECT(w, err == OK);
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct agent *a = agent_of(w->nodes[i]);
        any_agent |= a != NULL;
        stands |= is_agents(a, &v);
    }
    EXPECT(w, stands || !(any_agent ? check_is_kind(w) : alike));
}

/* Both sides talk, or none does: where nothing was lost, or a session timer has told. */
static void check_call_talks(const struct world *w, const struct softphone_call *c, bool alike)
{
    struct call_view a, b;
    if (!c->is_confirmed || c->is_told)
        return;
    const struct softphone_call *other = softphone_other_end(c);
    if (!other) {
        check_agent_talks(w, c, alike);
        return;
    }
    int err = call_look(c->phone->ua, c->id, &a);
    EXPECT(w, err == OK && a.state == CALL_CONFIRMED);
    err = call_look(other->phone->ua, other->id, &b);
    EXPECT(w, err == OK && b.state == CALL_CONFIRMED);
    check_agreed(w, &a, &b);
    EXPECT(w, !c->is_changing || !check_is_kind(w));
}

/* What the registrar's record says, whichever worker looks. */
static void check_record(const struct world *w, const struct softphone *p, bool bound)
{
    for (unsigned k = 0; p->home->location && k < p->home->n_workers; k++)
        EXPECT(w, check_is_bound(p->aor, p->contact, p->home->workers[k]) == bound);
}

/* RFC 3261 10.3: it is bound as long as it was told. A copy of a REGISTER that took it back may
 * come late; RFC 5626 7: it ends with its connection. */
static void check_registered(const struct world *w, const struct softphone *p,
                             const struct registration_view *v)
{
    bool may_end = (p->instance && p->by_stream) || (p->unregistered && !check_is_kind(w));
    if (!may_end && v->expires > node_now(&p->node) + 2 * NS_PER_S)
        check_record(w, p, true);
}

/* Who has a registration is registered, or tries to be; who has taken it back is not. */
static void check_registration(const struct world *w, const struct softphone *p)
{
    struct registration_view v;
    if (!p->registration) {
        if (p->left_with / 100 == 2 && check_is_kind(w))
            check_record(w, p, false);
        return;
    }
    EXPECT(w, registration_look(p->ua, p->registration, &v) == OK);
    EXPECT(w, v.is_registered ? v.expires > node_now(&p->node) : v.failures > 0);
    if (v.is_registered)
        check_registered(w, p, &v);
}

void check_softphones_talk(const struct world *w, bool late)
{
    bool alike = late || check_is_kind(w);
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct softphone *p = softphone_of(w->nodes[i]);
        for (unsigned k = 0; p && k < p->n_calls; k++)
            check_call_talks(w, &p->calls[k], alike);
        if (p)
            check_registration(w, p);
    }
}

/* --- at the end --- */

/* Each call ended once, as was told; requests have answers; registrations are over. */
static void check_phone(const struct world *w, const struct softphone *p)
{
    for (unsigned k = 0; k < p->n_calls; k++)
        EXPECT(w, p->calls[k].is_told);
    EXPECT(w, call_next(p->ua, 0) == 0);
    EXPECT(w, p->asked == p->answered);
    EXPECT(w, p->started == p->unregistered);
    check_registration(w, p);
}

void check_softphones(const struct world *w)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct softphone *p = softphone_of(w->nodes[i]);
        if (p)
            check_phone(w, p);
    }
}
