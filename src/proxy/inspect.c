/* Request validation (RFC 3261 16.3): what is refused before anybody looks for targets, and the 100
 * that an INVITE gets. */
#include "proxy/context.h"

#define UNSUPPORTED_MAX 1024

static int refuse(struct proxy *p, const struct engine_event *ev, unsigned status,
                  struct str reason, time_ns now)
{
    return ev->kind == EVENT_ACK ? OK : proxy_refuse(p, ev->tx, status, reason, STR_NONE, now);
}

/* RFC 3323 6: the one option that needs a proxy, where we have the privacy that is asked for. */
static bool is_known(struct msg *m, const struct token *option)
{
    return str_equal_nocase(option->name, STR("privacy")) && identity_keeps(m);
}

static bool has_unknown_option(struct msg *m)
{
    const struct token *t = msg_token_next(m, HDR_PROXY_REQUIRE, NULL);
    if (!t)
        return msg_header(m, HDR_PROXY_REQUIRE) != NULL;
    while (t && is_known(m, t))
        t = msg_token_next(m, HDR_PROXY_REQUIRE, t);
    return t != NULL;
}

/* RFC 3261 20.29, 16.3 step 5. Tags that do not fit into the answer are left out. */
static int refuse_options(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    char lines[UNSUPPORTED_MAX];
    struct buf b;
    buf_init(&b, lines, sizeof lines - 2);
    buf_put_lit(&b, "Unsupported: ");
    size_t empty = b.len, fit = b.len;
    for (const struct token *t = NULL;
         (t = msg_token_next(ev->msg, HDR_PROXY_REQUIRE, t)) && !b.over;) {
        if (is_known(ev->msg, t))
            continue;
        if (b.len > empty)
            buf_put_lit(&b, ", ");
        buf_put(&b, t->name);
        if (!b.over)
            fit = b.len;
    }
    if (fit == empty)
        return refuse(p, ev, 400, STR("Malformed Proxy-Require"), now);
    memcpy(lines + fit, "\r\n", 2);
    return proxy_refuse(p, ev->tx, 420, STR_NONE, (struct str){lines, fit + 2}, now);
}

/* RFC 3261 16.3 step 2: with a Route, too. */
static bool scheme_is_known(const struct uri *u)
{
    return u->scheme == URI_SIP || u->scheme == URI_SIPS || u->scheme == URI_TEL;
}

/* RFC 3261 16.3 step 3, 11: an OPTIONS for the server itself needs no further hop. One for a user
 * gets 483 like the rest, so that a traceroute sees where it ended. */
static bool hops_are_left(const struct plan *plan, const struct msg *m,
                          const struct proxy_view *view)
{
    return plan->max_forwards != 0 ||
           (m->method == METHOD_OPTIONS && view->next_is_local && !view->request_uri.user.at);
}

/* True where the request may go on. */
static bool is_valid(struct proxy *p, const struct engine_event *ev, const struct proxy_view *view,
                     time_ns now)
{
    struct msg *m = ev->msg;
    const struct plan *plan = &p->plan;
    if (plan->uri_too_long)
        return refuse(p, ev, 414, STR_NONE, now), false;
    if (!scheme_is_known(&plan->request_uri))
        return refuse(p, ev, 416, STR_NONE, now), false;
    if (plan->bad_path) /* RFC 5626 5.3.1 */
        return refuse(p, ev, 403, STR("Flow token is not ours"), now), false;
    if (!hops_are_left(plan, m, view))
        return refuse(p, ev, 483, STR_NONE, now), false;
    if (loop_found(p, m))
        return refuse(p, ev, 482, STR_NONE, now), false;
    if (ev->kind == EVENT_ACK)
        return true;
    if (has_unknown_option(m))
        return refuse_options(p, ev, now), false;
    return true;
}

void proxy_trying(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_REQUEST && ev->msg->method == METHOD_INVITE)
        proxy_answer(p, ev->tx, 100, STR_NONE, STR_NONE, now);
}

static enum proxy_verdict verdict(const struct plan *plan, const struct proxy_view *view)
{
    if (plan->marked && !view->next_is_local)
        return PROXY_IN_DIALOG;
    return plan->first ? PROXY_ROUTED : PROXY_TARGETS;
}

bool proxy_plan(struct proxy *p, struct msg *m, tx_id tx)
{
    if (p->plan_of == m && p->plan_tx == tx)
        return true;
    p->plan_of = NULL;
    if (!msg_uri(m) || !plan_route(p, m, &p->plan))
        return false;
    p->plan.max_forwards = msg_max_forwards(m);
    p->plan.record_route = p->config.record_route;
    p->plan.session = (struct session){0};
    p->plan.has_suffix = false;
    p->plan_of = m;
    p->plan_tx = tx;
    return true;
}

bool proxy_plan_use(struct proxy *p, struct msg *m, tx_id tx)
{
    bool readable = proxy_plan(p, m, tx);
    p->plan_of = NULL;
    return readable;
}

static void look(const struct proxy *p, struct proxy_view *view)
{
    const struct plan *plan = &p->plan;
    view->request_uri = plan->request_uri;
    view->next_is_local = !plan->first && (plan->request_uri.scheme == URI_TEL ||
                                           uri_is_local(p, &plan->request_uri));
    view->marked = plan->marked;
    view->stateless = plan->stateless;
}

enum proxy_verdict proxy_resume(struct proxy *p, const struct engine_event *ev,
                                struct proxy_view *view)
{
    if (!proxy_plan(p, ev->msg, ev->tx))
        return PROXY_DONE;
    look(p, view);
    return verdict(&p->plan, view);
}

enum proxy_verdict proxy_inspect(struct proxy *p, const struct engine_event *ev,
                                 struct proxy_view *view, time_ns now)
{
    p->plan_of = NULL;
    if (!proxy_plan(p, ev->msg, ev->tx)) {
        refuse(p, ev, 400, STR("Malformed Request-URI or Route"), now);
        return PROXY_DONE;
    }
    look(p, view);
    if (!is_valid(p, ev, view, now)) {
        p->plan_of = NULL;
        return PROXY_DONE;
    }
    return verdict(&p->plan, view);
}
