/* Which calls are parts of one: the rules, and the rings of calls that they make. A rule is a mark
 * that an earlier call has left and that a new call's first request asks for. */
#include "trace/table.h"

#include "msg/msg.h"

#define S INT64_C(1000000000)

static const struct {
    bool certain;
    struct str why;
} joins[TRACE_N_JOINS] = {
    [TRACE_JOIN_SESSION_ID] = {true, STR_INIT("the same Session-ID")},
    [TRACE_JOIN_REPLACES] = {true, STR_INIT("it is named in Replaces, Join or Target-Dialog")},
    [TRACE_JOIN_REFERRED] = {true, STR_INIT("a REFER there asked for it, and Referred-By says so")},
    [TRACE_JOIN_ASKED] = {false, STR_INIT("a REFER there asked its caller for such a call")},
    [TRACE_JOIN_SDP] = {false, STR_INIT("the same session in SDP")},
    [TRACE_JOIN_PASSED_ON] =
        {false, STR_INIT("who was called there calls the same person for the same caller at once")},
};

bool trace_join_is_certain(enum trace_join why)
{
    return joins[why].certain;
}

struct str trace_join_why(enum trace_join why)
{
    return joins[why].why;
}

static uint64_t mark_hash(const struct trace_calls *t, const struct mark *m)
{
    return siphash13_nocase(&t->key, m->a) + (uint64_t)m->kind;
}

static bool mark_equal(const struct mark *a, const struct mark *b)
{
    return a->kind == b->kind && str_equal_nocase(a->a, b->a) && str_equal(a->b, b->b);
}

void mark_hold(struct trace_calls *t, struct held_mark *m)
{
    map_insert(&t->marks, &m->node, mark_hash(t, &m->mark));
}

bool calls_are_joined(const struct trace_call *a, const struct trace_call *b)
{
    const struct list *node = &a->in_flow;
    do {
        if (node == &b->in_flow)
            return true;
        node = node->next;
    } while (node != &a->in_flow);
    return false;
}

static unsigned flow_size(const struct trace_call *c)
{
    unsigned n = 1;
    for (const struct list *node = c->in_flow.next; node != &c->in_flow; node = node->next)
        n++;
    return n;
}

/* Two rings become one. */
static void link_rings(struct list *a, struct list *b)
{
    struct list *behind_a = a->next, *before_b = b->prev;
    a->next = b;
    b->prev = a;
    before_b->next = behind_a;
    behind_a->prev = before_b;
}

static void join(struct trace_call *c, struct trace_call *with, enum trace_join why)
{
    if (c == with || calls_are_joined(c, with) || c->n_joins == TRACE_JOINS ||
        flow_size(c) + flow_size(with) > LIMIT_TRACE_FLOW)
        return;
    c->joins[c->n_joins++] = (struct trace_joined){with, why};
    link_rings(&c->in_flow, &with->in_flow);
}

/* The latest call that has left this mark within `window`, at or before `at`. */
static const struct held_mark *mark_find(const struct trace_calls *t, const struct mark *wanted,
                                         unix_ns at, int64_t window)
{
    unsigned seen = 0;
    struct map_node *n = map_find(&t->marks, mark_hash(t, wanted));
    for (; n && seen < LIMIT_TRACE_CANDIDATES; n = map_find_next(n), seen++) {
        const struct held_mark *m = CONTAINER_OF(n, struct held_mark, node);
        bool there =
            wanted->where.family == ADDR_NONE || addr_equal_ip(&wanted->where, &m->mark.where);
        if (mark_equal(&m->mark, wanted) && there && at >= m->item->at &&
            at - m->item->at <= window)
            return m;
    }
    return NULL;
}

static void join_marked(struct trace_calls *t, struct trace_call *c, const struct reading *r,
                        enum mark_kind kind, int64_t window, enum trace_join why)
{
    for (unsigned i = 0; i < r->n_marks; i++) {
        const struct held_mark *m =
            r->marks[i].kind == kind ? mark_find(t, &r->marks[i], r->item.at, window) : NULL;
        if (m)
            join(c, &m->call->open, why);
    }
}

/* RFC 3515 2.4.2: who was asked calls the URI of Refer-To, whose parameters may have gone. */
static void join_referred(struct trace_calls *t, struct trace_call *c, const struct reading *r)
{
    struct str uri = r->item.uri;
    uri = str_slice(uri, 0, str_find(uri, ';'));
    struct mark wanted = {.kind = MARK_REFER, .a = str_slice(uri, 0, str_find(uri, '?'))};
    const struct held_mark *m = mark_find(t, &wanted, r->item.at, 60 * S);
    if (m && r->referred)
        join(c, &m->call->open, TRACE_JOIN_REFERRED);
    else if (m && addr_equal_ip(&m->item->to, &r->item.from))
        join(c, &m->call->open, TRACE_JOIN_ASKED);
}

static void join_passed_on(struct trace_calls *t, struct trace_call *c, const struct reading *r)
{
    for (unsigned i = 0; i < r->n_marks; i++) {
        struct mark wanted = r->marks[i];
        wanted.where = r->item.from;
        const struct held_mark *m =
            wanted.kind == MARK_CALLED ? mark_find(t, &wanted, r->item.at, 2 * S) : NULL;
        if (m)
            join(c, &m->call->open, TRACE_JOIN_PASSED_ON);
    }
}

void call_join(struct trace_calls *t, struct call *call, const struct reading *r)
{
    struct trace_call *c = &call->open;
    if (!r->opens)
        return;
    join_marked(t, c, r, MARK_SESSION, INT64_MAX, TRACE_JOIN_SESSION_ID);
    const struct trace_call *related = r->related.len ? trace_calls_find(t, r->related) : NULL;
    if (related)
        join(c, &call_of(related)->open, TRACE_JOIN_REPLACES);
    if (r->item.method != METHOD_INVITE)
        return;
    join_referred(t, c, r);
    if (c->n_joins == 0)
        join_marked(t, c, r, MARK_SDP, 10 * S, TRACE_JOIN_SDP);
    if (c->n_joins == 0)
        join_passed_on(t, c, r);
}

static void forget_join(struct trace_call *c, const struct trace_call *gone)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < c->n_joins; i++)
        if (c->joins[i].with != gone)
            c->joins[kept++] = c->joins[i];
    c->n_joins = kept;
}

void call_part(struct call *c)
{
    LIST_EACH (&c->open.in_flow, node, after)
        forget_join(CONTAINER_OF(node, struct trace_call, in_flow), &c->open);
    list_remove(&c->open.in_flow);
}

const struct trace_call *trace_call_of_flow(const struct trace_call *c,
                                            const struct trace_call *last)
{
    const struct trace_call *next = NULL;
    const struct list *node = &c->in_flow;
    do {
        const struct trace_call *o = CONTAINER_OF(node, struct trace_call, in_flow);
        if ((!last || o->serial > last->serial) && (!next || o->serial < next->serial))
            next = o;
        node = node->next;
    } while (node != &c->in_flow);
    return next;
}
