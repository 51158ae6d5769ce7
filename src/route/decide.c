/* Owns the order: rules one by one, changes gathered, the first that takes the request. */
#include "route/verdict.h"

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
    if (r->mode != CONFIG_MODE_UNSAID)
        out->mode = r->mode;
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

/* --- functions of scripts --- */

static struct hook_view view_of(const struct seen *s, struct buf *account)
{
    const struct route_request *q = s->request;

    buf_put(account, q->account);
    buf_put(account, q->account.len > 0 ? STR("@") : STR(""));
    buf_put(account, q->account_domain);
    return (struct hook_view){.msg = q->msg,
                              .uri = s->uri,
                              .method = s->method,
                              .user = s->user,
                              .number = s->number,
                              .sender = sender_name(q->sender),
                              .account = account->over ? STR_NONE : buf_str(account),
                              .listener = q->listener,
                              .minute = q->minute,
                              .weekday = q->weekday,
                              .tags = s->tags,
                              .n_tags = s->n_tags};
}

static void fail(struct deciding *d, const struct rule *r, struct route_step *step)
{
    struct route_decision *out = d->out;

    step->kind = ROUTE_FAILED;
    out->failure = step->failure;
    if (r->goes_on)
        return;
    out->action = ROUTE_REPLY;
    out->rule = (unsigned)(r - d->routes->rules);
    out->status = r->status;
    out->reason = r->reason;
    out->allow = r->allow;
}

static void obey(struct deciding *d, const struct rule *r, struct verdict *v,
                 struct route_step *step)
{
    change(d, &v->rule);
    for (unsigned i = 0; i < v->n_tags; i++)
        see_tag(&d->seen, v->tags[i]);
    v->rule.allow = r->allow;
    if (v->rule.takes)
        take(d, &v->rule);
    if (v->rule.takes)
        d->out->rule = (unsigned)(r - d->routes->rules);
    step->kind = v->rule.takes ? ROUTE_TOOK : ROUTE_CHANGED;
}

/* True: it has taken the request. */
static bool ask(struct deciding *d, const struct rule *r)
{
    char text[LIMIT_AOR_BYTES];
    struct hook_answer answer;
    struct route_step step = {.answer = &answer};
    struct verdict v;
    struct buf account, why;

    buf_init(&account, text, sizeof text);
    buf_init(&why, d->out->failure_text, sizeof d->out->failure_text);
    const struct hook_view view = view_of(&d->seen, &account);
    bool good = hook_call(d->routes->hook, r->function, &view, &answer);
    if (!good)
        buf_put(&why, answer.why);
    else
        good = verdict_read(&v, d->routes, &answer, d->out, &why);
    step.failure = good ? STR_NONE : buf_str(&why);
    if (good)
        obey(d, r, &v, &step);
    else
        fail(d, r, &step);
    say(d, r, step);
    return step.kind == ROUTE_TOOK || (step.kind == ROUTE_FAILED && !r->goes_on);
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
    if (r->asks)
        return ask(d, r);
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
    out->mode = CONFIG_MODE_UNSAID;
    out->wait = 0;
    out->rewritten = false;
    out->failure = STR_NONE;
    buf_init(&out->said, out->said_text, sizeof out->said_text);
    buf_init(&out->kept, out->kept_text, sizeof out->kept_text);
    out->allow = CONFIG_ALLOW_ACCOUNTS;
    out->uri = *request->uri;
    see_request(&d.seen, request);
    for (unsigned i = 0; i < routes->n; i++)
        if (try(&d, &routes->rules[i]))
            return;
}
