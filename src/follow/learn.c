/* What messages teach about a dialog (RFC 3261 12): who its sides are, where they are reached, how
 * far they have counted. */
#include "follow/table.h"

#define ROUTES_BYTES (LIMIT_DIALOG_BYTES / 2)

/* Values of a Record-Route, in the order of a Route header. */
struct routes {
    struct buf text;
    char space[ROUTES_BYTES];
};

static void put_route(struct buf *b, struct str uri)
{
    if (b->len > 0)
        buf_put_lit(b, ", ");
    buf_put_char(b, '<');
    buf_put(b, uri);
    buf_put_char(b, '>');
}

/* RFC 3261 12.1.1: those of the caller's side stand behind ours, nearest first. */
static void routes_to_caller(struct routes *r, struct msg *m, const struct nameaddr *last)
{
    buf_init(&r->text, r->space, sizeof r->space);
    for (const struct nameaddr *v = last; v && (v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, v));)
        put_route(&r->text, v->uri_text);
}

/* RFC 3261 12.1.2: those of the callee's side stand before ours, nearest last. */
static void routes_to_callee(struct routes *r, struct msg *m, const struct nameaddr *first)
{
    const struct nameaddr *before[LIMIT_DIALOG_ROUTES];
    unsigned n = 0;
    buf_init(&r->text, r->space, sizeof r->space);
    const struct nameaddr *v = first ? msg_nameaddr_next(m, HDR_RECORD_ROUTE, NULL) : NULL;
    for (; v && v != first; v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, v)) {
        if (n == LIMIT_DIALOG_ROUTES) {
            r->text.over = true;
            return;
        }
        before[n++] = v;
    }
    while (n > 0)
        put_route(&r->text, before[--n]->uri_text);
}

static struct str target_of(struct msg *m)
{
    const struct nameaddr *n = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    return n && !n->star ? n->uri_text : STR_NONE;
}

static struct followed *of_setup(const struct setup *s, struct str to_tag)
{
    struct followed *c = s->calls;
    while (c && !str_equal(follow_text(c, TEXT_TO_TAG), to_tag))
        c = c->next;
    return c;
}

/* What the INVITE said is known from any dialog that it has made. */
static struct str caller_target(const struct setup *s, const struct followed *c, struct msg *invite)
{
    const struct followed *other = s->calls == c ? c->next : s->calls;
    if (invite)
        return target_of(invite);
    return other && other->text ? follow_text(other, TEXT_TARGET) : STR_NONE;
}

static bool learn(struct follow_table *t, const struct setup *s, struct followed *c,
                  struct msg *invite, struct msg *m, const struct follow_path *path)
{
    struct routes to_caller, to_callee;
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    routes_to_caller(&to_caller, m, path->last);
    routes_to_callee(&to_callee, m, path->first);
    const struct str texts[N_TEXTS] = {msg_call_id(m),
                                       from->uri_text,
                                       from->tag,
                                       to->uri_text,
                                       to->tag,
                                       caller_target(s, c, invite),
                                       target_of(m),
                                       buf_str(&to_caller.text),
                                       buf_str(&to_callee.text),
                                       path->flows[FOLLOW_CALLER],
                                       path->flows[FOLLOW_CALLEE]};
    return !to_caller.text.over && !to_callee.text.over && texts[TEXT_TARGET].len > 0 &&
           texts[TEXT_TARGET_CALLEE].len > 0 && follow_set_texts(t, c, texts);
}

static struct followed *begin(struct follow_table *t, struct setup *s, struct msg *invite,
                              struct msg *m, const struct follow_path *path, time_ns now)
{
    const struct cseq *cseq = msg_cseq(m);
    struct followed *c =
        follow_new(t, s, follow_hash(t, msg_call_id(m), msg_from(m)->tag, msg_to(m)->tag));
    if (c && !learn(t, s, c, invite, m, path)) {
        t->stats.dialogs--;
        follow_free(t, c);
        c = NULL;
    }
    if (!c) {
        t->stats.untracked += m->status >= 200; /* a 1xx need not have all of it */
        return NULL;
    }
    c->since = now;
    c->cseq[FOLLOW_CALLER] = cseq ? cseq->number : 0;
    return c;
}

/* The first that is answered takes the place in the quota that the INVITE has held. */
static void answered(struct follow_table *t, struct setup *s, struct followed *c, time_ns now)
{
    if (s->counts)
        c->account = s->account;
    else
        follow_quota_add(t->quota);
    s->counts = false;
    c->counts = true;
    c->state = FOLLOW_ANSWERED;
    c->since = now;
    c->doomed = s->doomed;
    c->cause = (uint8_t)s->cause;
    t->stats.answered++;
}

/* The target that a message names, where it has changed. Without memory the old one stays. */
static void retarget(struct follow_table *t, struct followed *c, enum text which, struct msg *m)
{
    struct str texts[N_TEXTS], target = target_of(m);
    if (target.len == 0 || str_equal(target, follow_text(c, which)))
        return;
    follow_get_texts(c, texts);
    texts[which] = target;
    t->stats.untracked += !follow_set_texts(t, c, texts);
}

follow_ref follow_response(struct follow_table *t, setup_ref setup, struct msg *invite,
                           struct msg *m, const struct follow_path *path, time_ns now)
{
    struct setup *s = pool_get(&t->setups, setup);
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    if (!s || !from || !to || to->tag.len == 0 || m->status <= 100 || m->status >= 300)
        return 0;
    struct followed *c = of_setup(s, to->tag);
    if (c && c->state != FOLLOW_EARLY && c->state != FOLLOW_ANSWERED)
        return 0;
    if (c)
        retarget(t, c, TEXT_TARGET_CALLEE, m);
    else
        c = begin(t, s, invite, m, path, now);
    if (!c)
        return 0;
    c->heard = now;
    if (m->status >= 200 && c->state == FOLLOW_EARLY)
        answered(t, s, c, now);
    follow_set_timer(t, c);
    return c->id;
}

void follow_request(struct follow_table *t, follow_ref id, enum follow_side from, struct msg *m,
                    time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    const struct cseq *cseq = msg_cseq(m);
    if (!c)
        return;
    c->heard = now;
    if (cseq && cseq->number > c->cseq[from])
        c->cseq[from] = cseq->number;
    if (m->method == METHOD_BYE) /* RFC 3261 15.1.1: whatever is answered to it */
        follow_over(t, id, FOLLOW_BYE);
}

void follow_acked(struct follow_table *t, follow_ref id, time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    if (c && c->doomed)
        (void)follow_end(t, id, (enum follow_cause)c->cause, now);
}

void follow_refreshed(struct follow_table *t, follow_ref id, enum follow_side from,
                      struct msg *request, struct msg *response, time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    if (!c || c->state == FOLLOW_PAST)
        return;
    c->heard = now;
    retarget(t, c, from == FOLLOW_CALLER ? TEXT_TARGET : TEXT_TARGET_CALLEE, request);
    retarget(t, c, from == FOLLOW_CALLER ? TEXT_TARGET_CALLEE : TEXT_TARGET, response);
}

void follow_session(struct follow_table *t, follow_ref id, unsigned seconds, time_ns now)
{
    struct followed *c = pool_get(&t->calls, id);
    if (!c || c->state == FOLLOW_PAST)
        return;
    c->session_end = seconds > 0 ? time_add(now, seconds * NS_PER_S) : TIME_NEVER;
    follow_set_timer(t, c);
}
