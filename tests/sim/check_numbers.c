/* What must hold of calls to telephone numbers that nobody has (RFC 6116): they come to whom the
 * DNS names and to no other, and those that lead round or nowhere come to an end. */
#include <stdio.h>
#include <string.h>

#include "sim/check.h"
#include "sim/numbers.h"

#define PATIENT (40 * NS_PER_S) /* with a place that does not answer: 64*T1 */

static bool may_ring(const struct call *c, const struct agent *a)
{
    return c->dialled_for[0] && strcmp(a->aor, c->dialled_for) == 0;
}

static void check_reached(const struct world *w, const struct call *c)
{
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        if (a && a != c->agent && !may_ring(c, a))
            EXPECT(w, !check_arrival(w, c, a));
    }
}

/* RFC 6116 5.2.1: where there is nobody it fails by itself. */
static void check_fails(const struct world *w, const struct call *c)
{
    EXPECT(w, c->answers == 0 && c->failures == 1);
    EXPECT(w, c->final_at <= time_add(c->invite->sent_at, PATIENT));
}

/* --- whom it leads to is there --- */

static bool is_there(const struct agent *a, time_ns now)
{
    return a->binding.known && !a->binding.under_way && a->binding.least > now + PATIENT;
}

static void judge(void *call)
{
    const struct call *c = call;
    bool is_over = c->lost || c->cancelled || c->answers > 0 || c->status >= 600;
    if (!is_over && is_there(c->wanted, c->invite->sent_at))
        EXPECT(c->agent->node.w, check_arrival(c->agent->node.w, c, c->wanted));
}

void check_dialled(struct call *c, const char *aor, bool may_leave)
{
    struct world *w = c->agent->node.w;
    snprintf(c->dialled_for, sizeof c->dialled_for, "%s", aor);
    c->dialled = true;
    for (size_t n = 0; w->numbers_alone && may_leave && n < w->n_nodes && !c->wanted; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        if (a && may_ring(c, a) && is_there(a, w->now))
            c->wanted = a;
    }
    if (c->wanted)
        world_do(w, PATIENT, judge, c);
}

void check_numbers(const struct world *w)
{
    if (!w->numbers_alone || w->temper > TEMPER_KIND)
        return;
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++) {
            const struct call *c = &a->calls[i];
            if (c->side != CALL_OUT || c->lost || !c->dialled)
                continue;
            check_reached(w, c);
            if (!c->dialled_for[0])
                check_fails(w, c);
        }
    }
}
