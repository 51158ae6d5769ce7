/* What calls that are followed see of the messages that are forwarded: their INVITE, the responses
 * that make their dialogs, and what passes within them. Ends none. */
#include "proxy/context.h"
#include "proxy/mark.h"

#define ACCOUNT_MAX (2 * LIMIT_REALM_BYTES)

static bool is_within_dialog(struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    return to && to->tag.len > 0;
}

/* Whose call it is: of the account that proved to be the caller's, else of whom From names. */
static struct str account_of(const struct context *c, struct msg *m, struct buf *b)
{
    const struct asserted *who = &c->how.asserted;
    const struct nameaddr *from = msg_from(m);
    if (who->user.len > 0) {
        buf_put(b, who->user);
        buf_put_char(b, '@');
        buf_put(b, who->domain);
    } else if (from) {
        buf_put(b, from->uri.user);
        buf_put_char(b, '@');
        buf_put(b, from->uri.host);
    }
    return b->over ? STR_NONE : buf_str(b);
}

static enum follow_refusal begin(struct proxy *p, struct context *c, struct msg *m)
{
    char text[ACCOUNT_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    c->how.record_route = FORK_IN_PATH;
    return follow_begin(p->calls, m, account_of(c, m, &b), &c->setup);
}

static bool stays_in_path(const struct proxy *p, const struct context *c)
{
    return c->how.record_route == FORK_AS_CONFIGURED ? p->config.record_route
                                                     : c->how.record_route == FORK_IN_PATH;
}

static enum follow_refusal enter_new(struct proxy *p, struct context *c, struct msg *m)
{
    enum follow_refusal why = c->invite && c->how.follow ? begin(p, c, m) : FOLLOW_MAY_BEGIN;
    c->session = session_of(p, m, stays_in_path(p, c));
    return why;
}

enum follow_refusal track_enter(struct proxy *p, struct context *c, struct msg *m, time_ns now)
{
    enum follow_side side;
    if (!is_within_dialog(m))
        return enter_new(p, c, m);
    c->session = session_of(p, m, p->plan.marked);
    c->call = p->plan.marked ? follow_find(p->calls, m, &side) : 0;
    if (!c->call)
        return FOLLOW_MAY_BEGIN;
    c->side = (uint8_t)side;
    c->method = m->method;
    follow_request(p->calls, c->call, side, m, now);
    return FOLLOW_MAY_BEGIN;
}

int track_refuse(struct proxy *p, tx_id tx, enum follow_refusal why, time_ns now)
{
    struct str reason = why == FOLLOW_NO_ROOM    ? STR("No room for a call")
                        : why == FOLLOW_TOO_MANY ? STR("Too many calls")
                                                 : STR("Too many calls of this user");
    return proxy_refuse(p, tx, 503, reason, STR_NONE, now);
}

/* It goes round once more on its way: what we send ourselves is not answered by us. */
static bool is_from_us(const struct proxy *p, struct msg *m)
{
    const struct via *v = msg_via(m);
    return v && engine_is_local(p->engine, v->transport, v->host, v->port);
}

/* Both sides were told to hang up. A BYE that crosses ours has what it wants once the other side
 * has answered; until then it goes on, in case ours is lost. There is nothing left that anything
 * else could be about. */
bool track_answers(struct proxy *p, tx_id tx, struct msg *m, int *err, time_ns now)
{
    enum follow_side side;
    bool told;
    if (!p->plan.marked || !is_within_dialog(m))
        return false;
    follow_ref id = follow_find(p->calls, m, &side);
    if (!id || is_from_us(p, m) ||
        !follow_is_ended(p->calls, id, side == FOLLOW_CALLER ? FOLLOW_CALLEE : FOLLOW_CALLER,
                         &told))
        return false;
    if (m->method == METHOD_BYE && !told)
        return false;
    *err = proxy_refuse(p, tx, m->method == METHOD_BYE ? 200 : 481, STR_NONE, STR_NONE, now);
    return true;
}

void track_ack(struct proxy *p, struct msg *ack, time_ns now)
{
    enum follow_side side;
    follow_ref id = is_within_dialog(ack) ? follow_find(p->calls, ack, &side) : 0;
    if (!id)
        return;
    follow_acked(p->calls, id, now);
    track_hang_up(p, now);
}

/* --- responses --- */

/* Where the call's own INVITE passed us last, seen from the callee (RFC 5658 has two values of one
 * pass side by side): the values of ours nearest to the caller. */
static bool find_own(const struct proxy *p, struct msg *m, struct follow_path *path)
{
    const struct nameaddr *v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, NULL);
    bool before = false;
    for (; v; v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, v)) {
        struct mark mark;
        bool own = uri_is_local(p, &v->uri) && mark_of_caller(p, m, &v->uri, &mark);
        if (own && !before)
            *path = (struct follow_path){.first = v};
        if (own) {
            path->last = v;
            if (mark.from.len > 0)
                path->flows[FOLLOW_CALLER] = mark.from;
            if (mark.to.len > 0)
                path->flows[FOLLOW_CALLEE] = mark.to;
        }
        before = own;
    }
    return path->first != NULL;
}

/* RFC 5627: a GRUU of ours is no place to send to; its phone is where its messages come from. */
static void by_its_flow(const struct proxy *p, struct msg *m, struct str *flow,
                        char space[FLOW_TOKEN_MAX])
{
    const struct nameaddr *contact = m ? msg_nameaddr_next(m, HDR_CONTACT, NULL) : NULL;
    struct buf b;
    if (flow->len > 0 || !contact || contact->star || !uri_is_local(p, &contact->uri))
        return;
    buf_init(&b, space, FLOW_TOKEN_MAX);
    flow_token_print(&b, &m->flow);
    *flow = b.over ? STR_NONE : buf_str(&b);
}

static void answered(struct proxy *p, const struct context *c, struct msg *m, time_ns now)
{
    struct follow_path path = {0};
    char from[FLOW_TOKEN_MAX], to[FLOW_TOKEN_MAX];
    struct msg *invite = context_request(p, c);
    if (!find_own(p, m, &path))
        return;
    by_its_flow(p, invite, &path.flows[FOLLOW_CALLER], from);
    by_its_flow(p, m, &path.flows[FOLLOW_CALLEE], to);
    follow_ref id = follow_response(p->calls, c->setup, invite, m, &path, now);
    if (id && m->status >= 200)
        follow_session(p->calls, id, session_seconds(c, m), now);
}

/* RFC 5057 5.1 (8): to a subscription within the dialog it means that one alone. */
static bool is_about_call(enum method method)
{
    return method != METHOD_SUBSCRIBE && method != METHOD_NOTIFY && method != METHOD_REFER;
}

/* RFC 3261 12.2.1.2: the one who asked takes the dialog as over. */
static bool says_gone(const struct msg *m)
{
    return !m || m->status == 481 || m->status == 408;
}

static void refreshed(struct proxy *p, const struct context *c, struct msg *request, struct msg *m,
                      time_ns now)
{
    follow_refreshed(p->calls, c->call, (enum follow_side)c->side, request, m, now);
    follow_session(p->calls, c->call, session_seconds(c, m), now);
}

static void within(struct proxy *p, const struct context *c, struct msg *m, time_ns now)
{
    struct msg *request = context_request(p, c);
    enum method method = (enum method)c->method;
    bool refreshes = method == METHOD_INVITE || method == METHOD_UPDATE;
    if (says_gone(m) && is_about_call(method))
        follow_over(p->calls, c->call, FOLLOW_GONE);
    else if (m && request && refreshes && m->status >= 200 && m->status < 300)
        refreshed(p, c, request, m, now);
}

void track_heard(struct proxy *p, const struct context *c, struct msg *m, time_ns now)
{
    if (c->call)
        within(p, c, m, now);
    else if (c->setup && m && m->status > 100 && m->status < 300)
        answered(p, c, m, now);
}
