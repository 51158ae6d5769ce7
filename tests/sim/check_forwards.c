/* What must hold of users who have their calls forwarded: looks at whom a call came to. */
#include <string.h>

#include "sim/check.h"

static bool is_user(const struct agent *a, const char *aor)
{
    return a && strcmp(a->aor, aor) == 0;
}

/* Whoever has all his calls forwarded is not rung himself, unless they come back to him. */
static void check_call(const struct world *w, const struct call *c)
{
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        const struct rung *r = is_user(a, c->passed) ? check_arrival(w, c, a) : NULL;
        EXPECT(w, !r || r->at >= c->passed_until);
    }
}

void check_forwards(const struct world *w)
{
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++)
            if (a->calls[i].side == CALL_OUT && a->calls[i].passed)
                check_call(w, &a->calls[i]);
    }
}
