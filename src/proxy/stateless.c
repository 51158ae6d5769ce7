/* The stateless proxy (RFC 3261 16.11): one copy for one copy, to one target, and nothing kept.
 * Whatever it does it does again for a retransmission. */
#include "proxy/forward.h"
#include "proxy/path.h"

/* A CANCEL that goes nowhere belongs to nothing (RFC 3261 9.2); an ACK has no answer. */
static int refuse(struct proxy *p, const struct engine_event *ev, unsigned status,
                  struct str headers, time_ns now)
{
    struct reply r = {.status = status, .headers = headers};
    if (ev->kind == EVENT_ACK)
        return OK;
    if (ev->kind == EVENT_CANCEL)
        r = (struct reply){.status = 481};
    return engine_reply_once(p->engine, ev->tx, &r, now);
}

/* Rendezvous hashing: where a target goes, only what it had goes to others. */
static uint64_t weight_of(const struct proxy *p, struct msg *m, const struct target *t)
{
    struct siphash h;
    siphash_init(&h, &p->config.key);
    siphash_text(&h, STR("one"));
    siphash_text(&h, msg_call_id(m));
    siphash_text(&h, t->uri);
    siphash_text(&h, t->path);
    return siphash_end(&h);
}

/* RFC 3261 16.11: one and only one target, by fields of the message alone: that of the highest q,
 * among equals by the Call-ID, which an INVITE shares with its ACK and its CANCEL. */
static const struct target *choose(const struct proxy *p, struct msg *m,
                                   const struct target *targets, size_t n, struct uri *uri)
{
    const struct target *best = NULL;
    uint64_t most = 0;
    for (size_t i = 0; i < n; i++) {
        const struct target *t = &targets[i];
        struct uri u;
        struct msg_error err;
        if (t->look_up || t->when || !uri_parse(t->uri, &u, &err) || fork_conflict(p, &u, t))
            continue;
        uint64_t weight = weight_of(p, m, t);
        if (best && (t->q < best->q || (t->q == best->q && weight < most)))
            continue;
        best = t;
        most = weight;
        *uri = u;
    }
    return best;
}

/* As branch_send, but that nothing tells loops (Max-Forwards ends them): what a CANCEL lacks of its
 * INVITE must not change the branch. */
static int send(struct proxy *p, const struct engine_event *ev, const struct goal *goal,
                const struct fork_how *how)
{
    struct forward f;
    if (how->record_route != FORK_AS_CONFIGURED)
        p->plan.record_route = how->record_route == FORK_IN_PATH;
    p->plan.stateless = true;
    if (!forward_build(p, &f, ev->msg, goal, &how->asserted))
        return ERR_NO_ROUTE;
    bool flow_only = f.flow && (goal->target ? goal->target->flow_only && goal->target->has_flow
                                             : p->plan.by_path);
    struct outgoing out = {.base = ev->msg,
                           .edits = &f.edits,
                           .flow = f.flow,
                           .hop = flow_only ? NULL : &f.hop,
                           .passes = ev->kind != EVENT_ACK};
    return engine_send_stateless(p->engine, &out, ev->msg->received_at);
}

/* RFC 3261 16.11: who has sent a 100, because the request had to wait for its targets, has to see
 * it through: its sender does not repeat it any more. */
static int keep(struct proxy *p, const struct engine_event *ev, const struct target *target,
                const struct fork_how *how, time_ns now)
{
    const struct fork_how one = {.record_route = how->record_route, .asserted = how->asserted};
    return target ? proxy_fork(p, ev->tx, ev->msg, target, 1, &one, now)
                  : proxy_forward_on(p, ev, &one, now);
}

/* True: it was answered, *err tells how that went. */
static bool is_refused(struct proxy *p, const struct engine_event *ev, size_t n, int *err,
                       time_ns now)
{
    if (p->plan.max_forwards == 0)
        *err = refuse(p, ev, 483, STR_NONE, now);
    else if (p->plan.request_uri.scheme == URI_SIPS && !fork_has_secure(p))
        *err = refuse(p, ev, 480, STR_NONE, now);
    else if (n == 0 && path_is_unknown(ev->msg))
        *err = refuse(p, ev, 421, STR("Require: path\r\n"), now);
    else
        return false;
    return true;
}

int proxy_pass(struct proxy *p, const struct engine_event *ev, const struct target *targets,
               size_t n, const struct fork_how *how, time_ns now)
{
    struct uri uri;
    int err;
    if (!proxy_plan_use(p, ev->msg, ev->tx))
        return refuse(p, ev, 400, STR_NONE, now);
    if (is_refused(p, ev, n, &err, now))
        return err;
    struct goal goal = {.uri = &p->plan.request_uri, .breadth = forward_breadth(ev->msg)};
    if (n > 0) {
        goal.uri = &uri;
        goal.target = choose(p, ev->msg, targets, n, &uri);
    }
    if (n > 0 && !goal.target)
        return refuse(p, ev, 480, STR_NONE, now);
    if (ev->kind == EVENT_REQUEST && engine_has_spoken(p->engine, ev->tx))
        return keep(p, ev, goal.target, how, now);
    err = send(p, ev, &goal, how);
    if (ev->kind == EVENT_ACK)
        return err;
    return err ? refuse(p, ev, 503, STR_NONE, now) : engine_give_up(p->engine, ev->tx);
}

int proxy_pass_response(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    struct edits edits;
    struct edits *e = identity_answer(p, ev->msg, identity_trusts(p, &ev->to.remote), &edits);
    return engine_pass_response(p->engine, ev, e, now);
}
