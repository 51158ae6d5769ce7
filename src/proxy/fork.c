/* Forwarding: the usable targets in their order, a branch for each whose turn it is at once, and
 * what is answered where there is none (RFC 3261 16.6, RFC 5393 5, RFC 5630 5.3). */
#include "proxy/forward.h"
#include "proxy/joints.h"
#include "proxy/prefer.h"

#include "proxy/path.h"

#define WARNING_MAX 512

bool fork_has_secure(const struct proxy *p)
{
    const struct listener *l;
    for (unsigned i = 0; (l = engine_listener(p->engine, i)); i++)
        if (transport_is_secure(l->transport))
            return true;
    return false;
}

/* RFC 5630 5.3: 380 "SIPS Not Allowed", 381 "SIPS Required". */
static int refuse_scheme(struct proxy *p, tx_id tx, const struct msg *m, unsigned code, time_ns now)
{
    char line[WARNING_MAX];
    struct buf b;
    const struct listener *l = engine_listener(p->engine, m->flow.listener);
    buf_init(&b, line, sizeof line);
    buf_put_lit(&b, "Warning: ");
    buf_put_u64(&b, code);
    buf_put_char(&b, ' ');
    buf_put(&b, l ? l->host : STR("tandem"));
    buf_put(&b, code == 380 ? STR(" \"SIPS Not Allowed\"\r\n") : STR(" \"SIPS Required\"\r\n"));
    return proxy_refuse(p, tx, 480, STR_NONE, b.over ? STR_NONE : buf_str(&b), now);
}

/* RFC 4028 8.1 */
static int refuse_session(struct proxy *p, tx_id tx, unsigned min, time_ns now)
{
    char line[32];
    struct buf b;
    buf_init(&b, line, sizeof line);
    buf_put_lit(&b, "Min-SE: ");
    buf_put_u64(&b, min);
    buf_put_lit(&b, "\r\n");
    return proxy_refuse(p, tx, 422, STR_NONE, buf_str(&b), now);
}

/* A request that may not be forwarded at all. True: answered, *err tells how that went. */
static bool is_refused(struct proxy *p, tx_id tx, struct msg *m, int *err, time_ns now)
{
    unsigned min;
    if (p->plan.max_forwards == 0)
        *err = proxy_refuse(p, tx, 483, STR_NONE, STR_NONE, now);
    else if (p->plan.request_uri.scheme == URI_SIPS && !fork_has_secure(p))
        *err = refuse_scheme(p, tx, m, 380, now);
    else if (session_is_too_short(p, m, &min))
        *err = refuse_session(p, tx, min, now);
    else
        return track_answers(p, tx, m, err, now);
    return true;
}

static unsigned share_of(unsigned breadth, unsigned n, unsigned i)
{
    return breadth / n + (i < breadth % n);
}

static struct turn turn_of(const struct goal *goal)
{
    struct turn t = {.target = *goal->target, .stage = goal->stage, .group = goal->group};
    t.target.ring_time = goal->ring_time;
    return t;
}

/* Who does not ring at once waits: goals from `first` on. */
static struct turns *keep_rest(struct proxy *p, const struct goal *goals, unsigned first,
                               unsigned n, time_ns now)
{
    struct turn rest[LIMIT_PROXY_BREADTH + 1];
    for (unsigned i = first; i < n; i++)
        rest[i - first] = turn_of(&goals[i]);
    return turns_new(engine_blocks(p->engine), rest, n - first, now);
}

static void ring(struct proxy *p, struct context *c, struct msg *m, struct goal *goal,
                 unsigned breadth, time_ns now)
{
    struct branch *b = context_add(p, c, false);
    if (!b) /* context_new had the memory */
        return;
    goal->breadth = breadth;
    b->ring_end = goal->ring_time ? time_add(now, goal->ring_time) : TIME_NEVER;
    b->q = goal->target ? (uint16_t)goal->target->q : 0;
    branch_start(p, b, m, goal, now);
}

/* 0: some are to be looked up first. */
static unsigned n_at_once(const struct goal *goals, unsigned n)
{
    unsigned i = 1;
    for (unsigned k = 0; k < n && goals[k].target; k++)
        if (goals[k].stage == goals[0].stage && goals[k].target->look_up)
            return 0;
    while (i < n && goals[i].stage == goals[0].stage &&
           goals[i].target->delay == goals[0].target->delay)
        i++;
    return i;
}

static unsigned n_in_stage(const struct goal *goals, unsigned n)
{
    unsigned i = 1;
    while (i < n && goals[i].stage == goals[0].stage)
        i++;
    return i;
}

/* Goals as choose_order left them, and other flows of theirs. */
struct plan_of_goals {
    struct goal *goals;
    const struct goal *spares;
    unsigned n, n_spares;
    const struct fork_how *how;
};

/* Is there nobody yet who rings whatever becomes of others? */
static bool has_to_wait(const struct plan_of_goals *all)
{
    return all->how->joins && all->how->wait > 0 &&
           (all->n == 0 || (all->goals[0].target && all->goals[0].target->when));
}

/* Without memory for those that are not tried at once nobody is. */
static bool keep_others(struct proxy *p, struct context *c, const struct plan_of_goals *all,
                        unsigned first, time_ns now)
{
    if (all->n > first)
        c->turns = keep_rest(p, all->goals, first, all->n, now);
    if (all->n_spares > 0)
        c->spares = keep_rest(p, all->spares, 0, all->n_spares, now);
    return (c->turns || all->n == first) && (c->spares || all->n_spares == 0);
}

static int start(struct proxy *p, tx_id tx, struct msg *m, const struct plan_of_goals *all,
                 time_ns now)
{
    struct goal *goals = all->goals;
    bool waits = m->method == METHOD_INVITE && has_to_wait(all);
    unsigned breadth = forward_breadth(m), first = waits ? 0 : n_at_once(goals, all->n),
             stage = waits ? 0 : n_in_stage(goals, all->n);
    /* RFC 5393 5.3.3 */
    if (stage > breadth)
        return proxy_refuse(p, tx, 440, STR("Max-Breadth Exceeded"), STR_NONE, now);
    struct context *c;
    for (unsigned i = 0; i < all->n && waits; i++)
        goals[i].stage++; /* not at once */
    int err = context_new(p, tx, m, first, &c);
    if (!err && !keep_others(p, c, all, first, now)) {
        context_free(p, c);
        err = ERR_NOMEM;
    }
    if (err)
        return err == ERR_STALE ? err : proxy_refuse(p, tx, 503, STR_NONE, STR_NONE, now);
    c->how = *all->how;
    enum follow_refusal why = track_enter(p, c, m, now);
    if (why != FOLLOW_MAY_BEGIN) {
        context_free(p, c);
        return track_refuse(p, tx, why, now);
    }
    c->how.who = STR_NONE;
    c->groups = (uint16_t)all->n;
    if (c->how.joins && breadth / 2 >= stage)
        breadth /= 2; /* who joins needs some, too */
    if ((c->turns || c->spares || c->how.joins) && m != engine_tx_request(p->engine, tx))
        c->copy = msg_ref(m);
    if (c->invite)
        joint_new(p, c, NULL, all->how);
    if (waits)
        joint_wait(p, c, all->how, now);
    for (unsigned i = 0; i < first; i++)
        ring(p, c, m, &goals[i], share_of(breadth, stage, i), now);
    context_settle(p, c, now);
    return OK;
}

static int send_ack(struct proxy *p, struct msg *m, const struct goal *goal, time_ns now)
{
    struct forward f;
    if (!forward_build(p, &f, m, goal, NULL))
        return ERR_NO_ROUTE;
    bool flow_only = f.flow && (goal->target ? goal->target->flow_only : p->plan.by_path);
    struct outgoing out = {.base = m,
                           .edits = &f.edits,
                           .flow = f.flow,
                           .hop = flow_only ? NULL : &f.hop,
                           .branch_suffix = loop_suffix(p, m)};
    return engine_send_stateless(p->engine, &out, now);
}

static int ack_on(struct proxy *p, struct msg *m, time_ns now)
{
    const struct goal goal = {.uri = &p->plan.request_uri, .breadth = forward_breadth(m)};
    int err = p->plan.max_forwards == 0 ? OK : send_ack(p, m, &goal, now);
    track_ack(p, m, now);
    return err;
}

int proxy_forward_on(struct proxy *p, const struct engine_event *ev, const struct fork_how *how,
                     time_ns now)
{
    int err;
    if (!proxy_plan_use(p, ev->msg, ev->tx))
        return ev->kind == EVENT_ACK ? ERR_INVALID
                                     : proxy_refuse(p, ev->tx, 400, STR_NONE, STR_NONE, now);
    if (ev->kind == EVENT_ACK)
        return ack_on(p, ev->msg, now);
    if (is_refused(p, ev->tx, ev->msg, &err, now))
        return err;
    if (path_is_unknown(ev->msg))
        return proxy_refuse(p, ev->tx, 421, STR_NONE, STR("Require: path\r\n"), now);
    struct goal goal = {.uri = &p->plan.request_uri};
    const struct plan_of_goals one = {.goals = &goal, .n = 1, .how = how};
    return start(p, ev->tx, ev->msg, &one, now);
}

/* The targets that may be used, each once. */
struct choice {
    unsigned n, n_spares;
    unsigned warning; /* the RFC 5630 code of a target left out */
    struct goal goals[LIMIT_PROXY_BREADTH + 1];
    struct uri uris[LIMIT_PROXY_BREADTH + 1];
    struct goal spares[LIMIT_PROXY_BREADTH]; /* other flows of those; their URI is not decoded */
};

/* RFC 3261 16.5: a URI once; behind two NATs or two Paths two phones may have the same. */
static bool is_chosen(const struct choice *c, const struct target *t)
{
    for (unsigned i = 0; i < c->n; i++) {
        const struct target *other = c->goals[i].target;
        if (!str_equal(other->uri, t->uri) || other->has_flow != t->has_flow ||
            !str_equal(other->path, t->path) || other->look_up != t->look_up ||
            other->when != t->when)
            continue;
        if (!t->has_flow ||
            (other->flow.conn == t->flow.conn && addr_equal(&other->flow.remote, &t->flow.remote)))
            return true;
    }
    return false;
}

unsigned fork_conflict(const struct proxy *p, const struct uri *u, const struct target *t)
{
    if (p->plan.request_uri.scheme == URI_SIPS)
        return u->scheme == URI_SIPS ? 0 : 380;
    if (u->scheme != URI_SIPS)
        return 0;
    return (t->has_flow ? transport_is_secure(t->flow.transport) : fork_has_secure(p)) ? 0 : 381;
}

/* RFC 5626 7: the number of a phone that is among the targets already; 0: it is not. */
static unsigned group_of(const struct choice *c, const struct target *t)
{
    for (unsigned i = 0; i < c->n && t->instance.len > 0; i++)
        if (str_equal(c->goals[i].target->instance, t->instance))
            return c->goals[i].group;
    return 0;
}

static void add(struct choice *c, const struct uri *uri, const struct target *t)
{
    struct goal *goal = &c->goals[c->n++];
    *goal = (struct goal){.uri = uri, .target = t, .group = t->instance.len > 0 ? c->n : 0};
}

static void choose(const struct proxy *p, struct choice *c, const struct target *t)
{
    struct uri *u = &c->uris[c->n];
    struct msg_error err;
    if (c->n > LIMIT_PROXY_BREADTH || is_chosen(c, t) || !uri_parse(t->uri, u, &err))
        return;
    unsigned conflict = t->look_up ? 0 : fork_conflict(p, u, t), group = group_of(c, t);
    if (conflict)
        c->warning = conflict;
    else if (group == 0)
        add(c, u, t);
    else if (c->n_spares < LIMIT_PROXY_BREADTH)
        c->spares[c->n_spares++] = (struct goal){.target = t, .group = group};
}

static void choose_all(const struct proxy *p, struct choice *c, const struct target *targets,
                       size_t n)
{
    c->n = c->n_spares = c->warning = 0;
    for (size_t i = 0; i < n; i++)
        choose(p, c, &targets[i]);
}

/* … and that the caller wants (RFC 3841 7.2). */
static void choose_wanted(const struct proxy *p, struct choice *c, struct msg *m,
                          const struct target *targets, size_t n)
{
    unsigned score;
    c->n = c->n_spares = c->warning = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned before = c->n;
        if (!prefer_keeps(m, &targets[i], &score))
            continue;
        choose(p, c, &targets[i]);
        if (c->n > before)
            c->goals[before].score = score;
    }
    if (c->n == 0 && c->warning == 0 && !prefer_is_explicit(m))
        choose_all(p, c, targets, n);
}

/* Who rings before whom. */
static bool is_before(const struct goal *a, const struct goal *b, enum fork_order order)
{
    if (!a->target->when != !b->target->when || a->target->when)
        return !a->target->when && b->target->when;
    if (order == FORK_BY_Q && a->target->q != b->target->q)
        return a->target->q > b->target->q;
    if (order != FORK_PARALLEL && a->target->q == b->target->q && a->score != b->score)
        return a->score > b->score;
    return order != FORK_SEQUENTIAL && a->target->delay < b->target->delay;
}

/* By the callee, and by the caller (RFC 3841 7.2.4). */
static bool is_liked_alike(const struct goal *a, const struct goal *b)
{
    return a->target->q == b->target->q && a->score == b->score;
}

/* Stages and their order, stable (RFC 3261 16.6); a goal's URI goes along. */
static void choose_order(struct choice *c, const struct fork_how *how)
{
    for (unsigned i = 1; i < c->n; i++)
        for (unsigned k = i; k > 0 && is_before(&c->goals[k], &c->goals[k - 1], how->order); k--) {
            struct goal goal = c->goals[k];
            c->goals[k] = c->goals[k - 1];
            c->goals[k - 1] = goal;
        }
    for (unsigned i = 0; i < c->n; i++) {
        time_ns own = c->goals[i].target->ring_time;
        c->goals[i].ring_time = own ? own : how->ring_time;
    }
    for (unsigned i = 0; i < c->n_spares; i++) {
        time_ns own = c->spares[i].target->ring_time;
        c->spares[i].ring_time = own ? own : how->ring_time;
    }
    for (unsigned i = 1; i < c->n; i++) {
        bool next = how->order == FORK_SEQUENTIAL || c->goals[i].target->when ||
                    (how->order == FORK_BY_Q && !is_liked_alike(&c->goals[i], &c->goals[i - 1]));
        c->goals[i].stage = c->goals[i - 1].stage + next;
    }
}

int proxy_fork(struct proxy *p, tx_id tx, struct msg *request, const struct target *targets,
               size_t n, const struct fork_how *how, time_ns now)
{
    int err;
    struct choice choice;
    if (n == 0 && !(how->joins && how->wait > 0 && request->method == METHOD_INVITE))
        return ERR_INVALID;
    if (!engine_tx_request(p->engine, tx))
        return ERR_STALE;
    if (!proxy_plan_use(p, request, tx))
        return proxy_refuse(p, tx, 400, STR_NONE, STR_NONE, now);
    if (is_refused(p, tx, request, &err, now))
        return err;
    if (path_is_unknown(request))
        return proxy_refuse(p, tx, 421, STR_NONE, STR("Require: path\r\n"), now);
    struct fork_how mine = *how;
    struct wishes_of_caller wishes = prefer_how(request, &mine);
    bool waits = mine.joins && mine.wait > 0 && request->method == METHOD_INVITE;
    if (n == 0 && !waits)
        return proxy_refuse(p, tx, how->absent ? how->absent : 480, STR_NONE, STR_NONE, now);
    choose_wanted(p, &choice, request, targets, n);
    choose_order(&choice, &mine);
    if (wishes.no_fork && choice.n > 1)
        choice.n = 1;
    if (choice.n > 0 || (waits && !choice.warning))
        return start(
            p, tx, request,
            &(struct plan_of_goals){choice.goals, choice.spares, choice.n, choice.n_spares, &mine},
            now);
    return choice.warning ? refuse_scheme(p, tx, request, choice.warning, now)
                          : proxy_refuse(p, tx, 480, STR_NONE, STR_NONE, now);
}

static void push(struct turns **all, struct turns *first, struct leg *leg)
{
    if (!first)
        return;
    first->leg = leg;
    first->rest = *all;
    *all = first;
}

/* Phones of this batch are others than those that have a number. Beyond the last one they have
 * none.
 */
static void number(struct context *c, struct choice *choice)
{
    bool fits = c->groups + choice->n <= UINT8_MAX;
    for (unsigned i = 0; i < choice->n; i++)
        if (choice->goals[i].group)
            choice->goals[i].group = fits ? choice->goals[i].group + c->groups : 0;
    for (unsigned i = 0; i < choice->n_spares; i++)
        choice->spares[i].group = fits ? choice->spares[i].group + c->groups : 0;
    c->groups = (uint16_t)(c->groups + (fits ? choice->n : 0));
}

bool fork_more(struct proxy *p, struct context *c, struct msg *m, struct leg *leg,
               const struct target *targets, size_t n, const struct fork_how *how, bool behind,
               time_ns now)
{
    struct choice choice;
    struct fork_how mine = *how;
    struct wishes_of_caller wishes = prefer_how(m, &mine);
    choose_wanted(p, &choice, m, targets, n);
    choose_order(&choice, &mine);
    if (wishes.no_fork && choice.n > 1)
        choice.n = 1;
    if (choice.n == 0)
        return false;
    for (unsigned i = 0; i < choice.n; i++)
        choice.goals[i].stage += behind;
    number(c, &choice);
    struct turns *turns = keep_rest(p, choice.goals, 0, choice.n, now), *spares = NULL;
    if (turns && choice.n_spares > 0)
        spares = keep_rest(p, choice.spares, 0, choice.n_spares, now);
    if (!turns || (choice.n_spares > 0 && !spares)) {
        turns_free(engine_blocks(p->engine), turns);
        return false;
    }
    push(&c->turns, turns, leg);
    push(&c->spares, spares, leg);
    return true;
}

/* RFC 5393 5.3.3: the copies of an ACK multiply as little as those of other requests. */
int proxy_ack(struct proxy *p, const struct engine_event *ev, const struct target *targets,
              size_t n, time_ns now)
{
    struct choice choice;
    int first = OK;
    if (!proxy_plan_use(p, ev->msg, ev->tx))
        return ERR_INVALID;
    choose_all(p, &choice, targets, n);
    unsigned breadth = forward_breadth(ev->msg);
    if (choice.n > breadth || p->plan.max_forwards == 0)
        return OK;
    for (unsigned i = 0; i < choice.n; i++) {
        choice.goals[i].breadth = share_of(breadth, choice.n, i);
        int err = send_ack(p, ev->msg, &choice.goals[i], now);
        first = first ? first : err;
    }
    track_ack(p, ev->msg, now);
    return first;
}
