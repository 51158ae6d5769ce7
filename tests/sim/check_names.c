/* What must hold where names are bad and nothing else is: who needs none does not notice, and a
 * name with one server that lives leads there. */
#include "sim/check.h"

/* From the caller to the phone of somebody in the same domain, with a challenge on the way. */
#define NEIGHBOUR (200 * NS_PER_MS)

static const struct node *home_of(const struct agent *a)
{
    return a->home->workers[0];
}

/* Does the caller's own server serve the callee? */
static bool is_neighbour(const struct call *c)
{
    struct str domain = str_from(home_of(c->agent)->name), to = c->early.trying.remote;
    return str_ends_nocase(to, domain);
}

/* Whoever gives a call up before a server has said a word may have to wait for the silence's end.
 */
static bool was_reached(const struct call *c)
{
    return c->failures == 0 || c->cancelled || (c->status != 408 && c->status != 503);
}

static void check_call(const struct world *w, const struct call *c)
{
    bool near = is_neighbour(c);
    if (near || (!w->dns_silence && !w->dns_lies))
        EXPECT(w, was_reached(c));
    const struct rung *r = near ? check_arrival(w, c, NULL) : NULL;
    if (r)
        EXPECT(w, r->at <= time_add(c->invite->sent_at, NEIGHBOUR));
}

void check_names(const struct world *w)
{
    if (!w->names_alone || w->temper > TEMPER_KIND)
        return;
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++)
            if (a->calls[i].side == CALL_OUT && !a->calls[i].lost)
                check_call(w, &a->calls[i]);
    }
}
