/* The BYEs by which a call is ended from the middle: to each side as the other one would send it
 * (RFC 3261 15.1.1, 12.2.1.1). Knows no flow. */
#include "follow/table.h"

#include "msg/uri.h"

#define BOTH_SIDES 3u
#define TRY_AGAIN (500 * NS_PER_MS)

bool follow_end(struct follow_table *t, follow_ref id, enum follow_cause cause, time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    if (!c || c->state != FOLLOW_ANSWERED)
        return false;
    follow_settle(t, c, cause);
    c->state = FOLLOW_ENDED;
    c->doomed = false;
    c->bye_due = BOTH_SIDES;
    list_append(&t->ending, &c->due);
    wheel_set(&t->wheel, &c->timer, time_add(now, t->rules.linger));
    return true;
}

/* RFC 3326 */
static struct str reason_of(enum follow_cause cause)
{
    switch (cause) {
    case FOLLOW_EXPIRED:
        return STR("SIP;cause=408;text=\"Session expired\"");
    case FOLLOW_TOO_OLD:
        return STR("Q.850;cause=102;text=\"Longest time of a call\"");
    case FOLLOW_NOT_ANSWERED:
    case FOLLOW_BYE:
    case FOLLOW_GONE:
    case FOLLOW_ON_REQUEST:
    case FOLLOW_FORGOTTEN:
    case N_FOLLOW_CAUSES:
        break;
    }
    return STR("Q.850;cause=16;text=\"Ended by the operator\"");
}

/* The first value of a list that learn.c has written; the others follow at `rest`. */
static struct str first_of(struct str routes, struct str *rest)
{
    size_t end = str_find(routes, '>');
    *rest = end + 3 <= routes.len ? str_slice(routes, end + 3, routes.len) : STR_NONE;
    return str_slice(routes, 1, end - 1);
}

static bool is_loose(struct str route)
{
    struct uri u;
    struct msg_error err;
    return uri_parse(route, &u, &err) && uri_has_param(&u, STR("lr"));
}

/* Where it goes (RFC 3261 12.2.1.1). */
struct way {
    struct str uri, routes, last; /* Request-URI, Route, and behind it the remote target */
};

static struct way way_to(const struct followed *c, enum follow_side side)
{
    struct str target = follow_text(c, side == FOLLOW_CALLER ? TEXT_TARGET : TEXT_TARGET_CALLEE);
    struct str routes = follow_text(c, side == FOLLOW_CALLER ? TEXT_ROUTES : TEXT_ROUTES_CALLEE),
               rest;
    struct str first = routes.len > 0 ? first_of(routes, &rest) : STR_NONE;
    if (routes.len == 0 || is_loose(first))
        return (struct way){target, routes, STR_NONE};
    return (struct way){first, rest, target};
}

static void put_route(struct buf *b, const struct way *w)
{
    if (w->routes.len == 0 && w->last.len == 0)
        return;
    buf_put_lit(b, "Route: ");
    buf_put(b, w->routes);
    if (w->routes.len > 0 && w->last.len > 0)
        buf_put_lit(b, ", ");
    if (w->last.len > 0) {
        buf_put_char(b, '<');
        buf_put(b, w->last);
        buf_put_char(b, '>');
    }
    buf_put_lit(b, "\r\n");
}

static void put_party(struct buf *b, struct str name, const struct followed *c, bool caller)
{
    buf_put(b, name);
    buf_put(b, follow_text(c, caller ? TEXT_FROM : TEXT_TO));
    buf_put_lit(b, ">;tag=");
    buf_put(b, follow_text(c, caller ? TEXT_FROM_TAG : TEXT_TO_TAG));
    buf_put_lit(b, "\r\n");
}

/* RFC 3261 12.2.1.1: higher than anything that the other side has sent. */
static void put_bye(struct buf *b, const struct followed *c, enum follow_side to,
                    const struct way *w)
{
    buf_put_lit(b, "BYE ");
    buf_put(b, w->uri);
    buf_put_lit(b, " SIP/2.0\r\nMax-Forwards: 70\r\n");
    put_route(b, w);
    put_party(b, STR("From: <"), c, to == FOLLOW_CALLEE);
    put_party(b, STR("To: <"), c, to == FOLLOW_CALLER);
    buf_put_lit(b, "Call-ID: ");
    buf_put(b, follow_text(c, TEXT_CALL_ID));
    buf_put_lit(b, "\r\nCSeq: ");
    buf_put_u64(b, (uint64_t)c->cseq[to == FOLLOW_CALLEE ? FOLLOW_CALLER : FOLLOW_CALLEE] + 1);
    buf_put_lit(b, " BYE\r\nReason: ");
    buf_put(b, reason_of((enum follow_cause)c->cause));
    buf_put_lit(b, "\r\nContent-Length: 0\r\n\r\n");
}

bool follow_bye(struct follow_table *t, struct buf *space, struct follow_bye *out)
{
    struct str rest;
    struct list *first = list_first(&t->ending);
    if (!first)
        return false;
    struct followed *c = CONTAINER_OF(first, struct followed, due);
    enum follow_side to = c->bye_due & 1u << FOLLOW_CALLER ? FOLLOW_CALLER : FOLLOW_CALLEE;
    const struct way w = way_to(c, to);
    space->len = 0;
    put_bye(space, c, to, &w);
    struct str hop = w.last.len > 0 ? w.uri : w.routes.len > 0 ? first_of(w.routes, &rest) : w.uri;
    bool by_flow = w.routes.len == 0 && w.last.len == 0 && !(c->no_flow & 1u << to);
    *out = (struct follow_bye){
        .call = c->id,
        .to = to,
        .text = buf_str(space),
        .hop = hop,
        .flow = by_flow ? follow_text(c, to == FOLLOW_CALLER ? TEXT_FLOW : TEXT_FLOW_CALLEE)
                        : STR_NONE};
    return true;
}

static void done(struct followed *c, enum follow_side side)
{
    c->bye_due &= (uint8_t) ~(1u << side);
    if (!c->bye_due)
        list_remove(&c->due);
}

void follow_bye_sent(struct follow_table *t, follow_ref id, enum follow_side side)
{
    struct followed *c = pool_get(&t->calls, id);
    if (c)
        done(c, side);
}

void follow_bye_done(struct follow_table *t, follow_ref id, enum follow_side side)
{
    struct followed *c = pool_get(&t->calls, id);
    if (c)
        c->bye_done |= (uint8_t)(1u << side);
}

void follow_bye_failed(struct follow_table *t, follow_ref id, enum follow_side side, bool later,
                       time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    uint8_t bit = (uint8_t)(1u << side);
    if (!c || c->state != FOLLOW_ENDED)
        return;
    if (later) { /* both wait: the list is taken from its beginning */
        list_remove(&c->due);
        wheel_set(&t->wheel, &c->timer, time_add(now, TRY_AGAIN));
        return;
    }
    bool has_flow = follow_text(c, side == FOLLOW_CALLER ? TEXT_FLOW : TEXT_FLOW_CALLEE).len > 0;
    if (has_flow && !(c->no_flow & bit)) {
        c->no_flow |= bit;
        if (!c->bye_due)
            list_append(&t->ending, &c->due);
        c->bye_due |= bit;
    } else {
        done(c, side);
    }
}
