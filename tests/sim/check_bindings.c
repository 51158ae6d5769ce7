/* What each agent was told of its binding, against what its registrar's record says. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "registrar/registrar.h"
#include "sim/check.h"

#define MARGIN (2 * NS_PER_S) /* for whole seconds, and clocks that run apart */

bool check_is_bound(const char *of, const char *contact, const struct node *worker)
{
    char key_at[128];
    struct buf key;
    struct uri aor;
    struct msg_error err;
    static struct target targets[LIMIT_BINDINGS];
    buf_init(&key, key_at, sizeof(key_at));
    if (!uri_parse(str_from(of), &aor, &err))
        return false;
    registrar_key(&key, &aor);
    struct str record = location_value(worker->location, buf_str(&key));
    size_t n =
        record.len ? registrar_targets(record, node_now(worker), targets, LIMIT_BINDINGS) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_equal(targets[i].uri, str_from(contact)))
            return true;
    return false;
}

/* May a REGISTER of before, whose fate nobody knows, still have its way? A copy that a sleeper
 * found once the binding was over may. */
static bool is_doubtful(const struct world *w, const struct agent_binding *b)
{
    return b->under_way || !b->known || b->earlier > w->now ||
           (w->sleeps > 0 && w->slept_until + MARGIN >= b->least);
}

/* By how much the registrar's clock may have gone wrong since the beginning. */
static time_ns drift_of(const struct node *worker, time_ns span)
{
    int ppm = worker->clock.ppm;
    return span / 1000000 * (time_ns)(ppm < 0 ? -ppm : ppm) * 2;
}

/* RFC 3261 10.3: a binding is there from its 200 until it expires. One that was removed may come
 * back where an old copy of a REGISTER arrives late: the record has forgotten its CSeq. */
static void check_binding(const struct world *w, const struct agent *a, const struct node *worker)
{
    const struct agent_binding *b = &a->binding;
    if (is_doubtful(w, b))
        return;
    bool bound = check_is_bound(a->aor, a->contact, worker);
    time_ns margin = MARGIN + drift_of(worker, w->now);
    bool may_end =
        a->outbound && strstr(a->contact, "transport="); /* RFC 5626 7: with its connection */
    if (w->now + margin < b->least && !may_end)
        EXPECT(w, bound);
    else if (a->n_flows < 2 && w->now > b->most + margin && (b->most > 0 || check_is_kind(w)))
        EXPECT(w, !bound);
}

void check_bindings(const struct world *w)
{
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct agent *a = agent_of(w->nodes[i]);
        if (!a || !a->home)
            continue;
        /* RFC 3261 10.3 step 8 */
        EXPECT(w, a->binding.unlisted == 0);
        for (unsigned k = 0; a->home->location && k < a->home->n_workers; k++)
            check_binding(w, a, a->home->workers[k]);
    }
}
