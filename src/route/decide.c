/* Owns the order: rules one by one, changes gathered, the first that takes the request. */
#include "route/rule.h"

struct deciding {
    const struct routes *routes;
    struct route_decision *out;
    struct seen seen;
    route_tell *tell;
    void *arg;
};

static void say(struct deciding *d, const struct rule *r, struct route_step step)
{
    step.rule = (unsigned)(r - d->routes->rules);
    step.line = r->line;
    step.name = r->name;
    if (d->tell)
        d->tell(d->arg, &step);
}

static void change(struct deciding *d, const struct rule *r)
{
    struct route_decision *out = d->out;

    rule_rewrite(r, &d->seen, out);
    if (r->record_route != CONFIG_UNSAID)
        out->record_route = r->record_route;
    if (r->join != CONFIG_UNSAID) {
        out->join = r->join;
        out->wait = r->wait;
    }
    if ((r->remove_headers.n || r->add_headers.n || r->set_headers.n) &&
        out->n_changes < ROUTE_CHANGES)
        out->changes[out->n_changes++] = (uint16_t)(r - d->routes->rules);
}

static void take(struct deciding *d, const struct rule *r)
{
    struct route_decision *out = d->out;

    out->action = r->action;
    out->rule = (unsigned)(r - d->routes->rules);
    out->status = r->status;
    out->reason = r->reason;
    out->targets = r->targets.list;
    out->n_targets = r->targets.n;
    out->redirect_status = r->redirect_status;
    out->order = r->order;
    out->ring_time = r->ring_time;
    out->allow = r->allow;
}

/* True: it has taken the request. */
static bool try(struct deciding *d, const struct rule *r)
{
    struct route_step step = {.kind = ROUTE_MISSED};

    step.key = rule_missed(r, &d->seen, &step.found);
    if (step.key) {
        say(d, r, step);
        return false;
    }
    change(d, r);
    say(d, r, (struct route_step){.kind = r->takes ? ROUTE_TOOK : ROUTE_CHANGED});
    if (r->takes)
        take(d, r);
    return r->takes;
}

void route_decide(const struct routes *routes, const struct route_request *request,
                  struct route_decision *out, route_tell *tell, void *tell_arg)
{
    struct deciding d = {.routes = routes, .out = out, .tell = tell, .arg = tell_arg};

    out->action = ROUTE_DEFAULT;
    out->rule = routes->n;
    out->status = out->n_targets = out->n_changes = 0;
    out->record_route = out->join = CONFIG_UNSAID;
    out->wait = 0;
    out->rewritten = false;
    out->allow = CONFIG_ALLOW_ACCOUNTS;
    out->uri = *request->uri;
    see_request(&d.seen, request);
    for (unsigned i = 0; i < routes->n; i++)
        if (try(&d, &routes->rules[i]))
            return;
}
