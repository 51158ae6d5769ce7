/* Judges what servers know of the calls that they follow, where nothing was lost: none is missed
 * while it lives, none is kept that is over, and none lives longer than it may. */
#include "sim/check.h"
#include "sim/element_node.h"

#define VIEWS 16

static const struct element_node *server_of(const struct node *n)
{
    const struct element_node *e = (const struct element_node *)n;
    bool follows = n->face == &element_face && e->calls.mode == CONFIG_MODE_CALL;
    return follows && !n->is_down ? e : NULL;
}

/* Those that were something else meanwhile may have missed what passed; where some keep no state, a
 * call need not pass another. */
static bool is_judged(const struct world *w)
{
    bool any = false;
    for (size_t i = 0; i < w->n_nodes; i++) {
        any = any || server_of(w->nodes[i]);
        if (element_forms(w->nodes[i]))
            return false;
    }
    return any && check_is_kind(w) && !check_has_stateless(w);
}

static bool lives(const struct call *c, const struct dialog *d)
{
    return c && d && !c->lost && d->answered && d->state != DIALOG_TERMINATED;
}

/* --- from the phones' side --- */

static bool is_of(const struct follow_view *v, const struct dialog *d)
{
    bool caller = str_equal(v->from_tag, d->id.local_tag) && str_equal(v->to_tag, d->id.remote_tag);
    bool callee = str_equal(v->to_tag, d->id.local_tag) && str_equal(v->from_tag, d->id.remote_tag);
    return str_equal(v->id_text, d->id.call_id) && (caller || callee);
}

static bool knows(const struct element_node *e, const struct dialog *d)
{
    struct follow_view views[VIEWS];
    uint32_t cursor = 0;
    bool found = false;
    do {
        size_t n = element_followed(e->element, &cursor, views, VIEWS);
        for (size_t i = 0; i < n; i++)
            found = found || (views[i].state == FOLLOW_ANSWERED && is_of(&views[i], d));
    } while (cursor && !found);
    return found;
}

static void check_known(const struct world *w, const struct call *in)
{
    const struct call *out = in->side == CALL_IN ? call_caller(in) : NULL;
    const struct dialog *d = out ? call_caller_dialog(in) : NULL;
    bool known = false, may_live = true;
    if (!lives(out, d) || !lives(in, &in->dialog))
        return;
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct element_node *e = server_of(w->nodes[i]);
        known = known || (e && knows(e, d));
        may_live = may_live && !(e && e->calls.rules.call_time && knows(e, d));
    }
    EXPECT(w, known || check_has_timers(w));
    EXPECT(w, may_live);
}

/* --- from the servers' side --- */

static bool is_alive(const struct world *w, const struct follow_view *v)
{
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        for (size_t i = 0; a && i < AGENT_CALLS; i++) {
            const struct call *c = &a->calls[i];
            if (c->side == CALL_IN && is_of(v, &c->dialog) && lives(c, &c->dialog))
                return true;
        }
    }
    return false;
}

static void check_true(const struct world *w, const struct element_node *e)
{
    struct follow_view views[VIEWS];
    uint32_t cursor = 0;
    do {
        size_t n = element_followed(e->element, &cursor, views, VIEWS);
        for (size_t i = 0; i < n; i++)
            EXPECT(w, views[i].state == FOLLOW_ANSWERED && is_alive(w, &views[i]));
    } while (cursor);
}

void check_followed(const struct world *w)
{
    if (!is_judged(w))
        return;
    for (size_t n = 0; n < w->n_nodes; n++) {
        const struct agent *a = agent_of(w->nodes[n]);
        if (server_of(w->nodes[n]))
            check_true(w, server_of(w->nodes[n]));
        for (size_t i = 0; a && i < AGENT_CALLS; i++)
            check_known(w, &a->calls[i]);
    }
}
