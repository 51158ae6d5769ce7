/* Finds the other end of a call among the agents of its world, by the dialog's identity. */
#include "sim/agent.h"

static bool is_caller(const struct call *c, const struct call *in)
{
    const struct dialog_id *own = &c->early.trying.id, *theirs = &in->dialog.id;
    return c->side == CALL_OUT && str_equal(own->call_id, theirs->call_id) &&
           str_equal(own->local_tag, theirs->remote_tag);
}

static struct call *caller_at(struct agent *a, const struct call *in)
{
    for (size_t i = 0; a && i < AGENT_CALLS; i++)
        if (is_caller(&a->calls[i], in))
            return &a->calls[i];
    return NULL;
}

struct call *call_caller(const struct call *in)
{
    const struct world *w = in->agent->node.w;
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct call *c = caller_at(agent_of(w->nodes[i]), in);
        if (c)
            return c;
    }
    return NULL;
}

struct dialog *call_caller_dialog(const struct call *in)
{
    const struct call *out = call_caller(in);
    return out ? early_find(&out->early, in->dialog.id.local_tag) : NULL;
}

static struct call *callee_at(struct agent *a, const struct call *out)
{
    for (size_t i = 0; a && i < AGENT_CALLS; i++) {
        struct call *c = &a->calls[i];
        if (c->side == CALL_IN && c->final_status == 200 && is_caller(out, c))
            return c;
    }
    return NULL;
}

struct call *call_other_side(const struct call *out)
{
    const struct world *w = out->agent->node.w;
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct call *c = callee_at(agent_of(w->nodes[i]), out);
        if (c)
            return c;
    }
    return NULL;
}
