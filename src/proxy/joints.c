/* Owns whose phones may join a request in progress, and which of them have been reached already
 * (RFC 3261 16.5). Knows not where phones are. */
#include "proxy/joints.h"

#include "proxy/legs.h"

static struct str who_of(const struct joint *j)
{
    return (struct str){j->who, j->who_len};
}

void joint_new(struct proxy *p, struct context *c, struct leg *leg, const struct fork_how *how)
{
    pool_id id;
    struct joint *j;
    if ((!how->joins && !how->told) || how->who.len == 0 || how->who.len > LIMIT_AOR_BYTES ||
        c->closed)
        return;
    j = pool_alloc(&p->joints, &id);
    if (!j)
        return;
    *j = (struct joint){.context = c,
                        .leg = leg,
                        .id = id,
                        .serial = ++p->last_joint,
                        .joins = how->joins,
                        .order = how->order,
                        .fixed = how->fixed,
                        .ring_time = how->ring_time,
                        .who_len = how->who.len,
                        .next = c->joints};
    memcpy(j->who, how->who.at, how->who.len);
    list_init(&j->wanted);
    c->joints = j;
    p->n_joins += j->joins;
    map_insert(&p->who, &j->by_who, siphash13(&p->config.key, who_of(j)));
}

void joints_free(struct proxy *p, struct context *c)
{
    for (struct joint *j = c->joints, *next; j; j = next) {
        next = j->next;
        map_remove(&p->who, &j->by_who);
        list_remove(&j->wanted);
        p->n_joins -= j->joins;
        pool_free(&p->joints, j->id);
    }
    c->joints = NULL;
}

size_t proxy_joints(const struct proxy *p)
{
    return p->n_joins;
}

size_t proxy_joints_of(const struct proxy *p, struct str who)
{
    size_t n = 0;
    struct map_node *node = map_find(&p->who, siphash13(&p->config.key, who));
    for (; node; node = map_find_next(node)) {
        const struct joint *j = CONTAINER_OF(node, struct joint, by_who);
        n += j->joins && str_equal(who_of(j), who);
    }
    return n;
}

struct str proxy_whose(const struct proxy *p, const struct engine_event *ev)
{
    struct context *c = pool_get(&p->contexts, ev->user);
    const struct branch *b = c ? context_branch(c, ev->tx) : NULL;
    for (const struct joint *j = b ? c->joints : NULL; j; j = j->next)
        if (j->leg == b->leg)
            return who_of(j);
    return STR_NONE;
}

/* Nothing came of it, not even a 100, but for a 408. */
static bool is_unheard(const struct branch *b)
{
    return !b->provisional && !b->asked && (!b->best || b->best->status == 408);
}

/* A phone of his that is yet to be tried, and not somebody else in his place. */
static bool has_phones(const struct turns *t, const struct leg *leg)
{
    for (; t; t = t->rest)
        for (unsigned i = t->at; i < t->n && t->leg == leg; i++)
            if (t->list[i].target.when == 0 && !t->list[i].target.look_up)
                return true;
    return false;
}

/* All of his phones were tried, and the others have failed like this one. */
static bool all_unheard(const struct context *c, const struct branch *of)
{
    for (const struct branch *b = c->branches; b; b = b->next)
        if (b->leg == of->leg && (!is_unheard(b) || (b != of && b->status == 0)))
            return false;
    return !c->overloaded && !has_phones(c->turns, of->leg) && !has_phones(c->spares, of->leg);
}

struct str proxy_unheard(const struct proxy *p, const struct engine_event *ev)
{
    struct context *c = pool_get(&p->contexts, ev->user);
    const struct branch *b = c ? context_branch(c, ev->tx) : NULL;
    if (!b || !c->joints || b->status != 0 || !all_unheard(c, b))
        return STR_NONE;
    return proxy_whose(p, ev);
}

/* --- waiting for a first one --- */

void joint_wait(struct proxy *p, struct context *c, const struct fork_how *how, time_ns now)
{
    struct branch *b = context_add(p, c, true);
    if (!b) {
        c->overloaded = true;
        return;
    }
    b->asked = b->waits = true;
    wheel_set(&p->wheel, &b->timer_c, time_add(now, how->wait));
}

void joint_waited(struct proxy *p, struct branch *b)
{
    unsigned absent = b->context->how.absent;
    b->own = true;
    branch_end(p, b, absent ? absent : 480, NULL);
}

static void end_wait(struct proxy *p, const struct joint *j)
{
    for (struct branch *b = j->context->branches; b; b = b->next)
        if (b->waits && !b->status && b->leg == j->leg)
            branch_became(p, b);
}

/* --- who was reached --- */

static uint64_t place_of(const struct proxy *p, const struct target *t)
{
    const struct flow none = {0}, *f = t->has_flow ? &t->flow : &none;
    struct siphash h;
    siphash_init(&h, &p->config.key);
    siphash_text(&h, t->uri);
    siphash_text(&h, t->path);
    siphash_text(&h, (struct str){(const char *)f->remote.ip, sizeof f->remote.ip});
    siphash_number(&h, (uint64_t)f->remote.family << 16 | f->remote.port);
    siphash_number(&h, f->conn);
    return siphash_end(&h);
}

/* RFC 5626 4.1: an instance is one phone, wherever it is. */
static uint64_t phone_of(const struct proxy *p, const struct target *t)
{
    return siphash13(&p->config.key, t->instance.len > 0 ? t->instance : t->uri);
}

void joint_mark(const struct proxy *p, struct branch *b, const struct target *t)
{
    b->phone = phone_of(p, t);
    b->place = place_of(p, t);
}

/* All phones of somebody, as they are now. */
struct comers {
    const struct target *list;
    size_t n;
};

static bool has_place(const struct proxy *p, const struct comers *all, uint64_t place)
{
    for (size_t i = 0; i < all->n; i++)
        if (place_of(p, &all->list[i]) == place)
            return true;
    return false;
}

/* What was sent there is not going to be heard: it has moved, or nothing came of it. */
static bool is_missed(const struct proxy *p, const struct branch *b, const struct comers *all)
{
    if (b->cancelled || b->rung_out || b->provisional || b->best)
        return false;
    return b->status || !has_place(p, all, b->place);
}

static bool has_turn(const struct turns *turns, const struct joint *j, const struct target *t)
{
    for (; turns; turns = turns->rest)
        for (unsigned i = turns->at; i < turns->n && turns->leg == j->leg; i++) {
            const struct target *other = &turns->list[i].target;
            if (t->instance.len > 0 ? str_equal(other->instance, t->instance)
                                    : str_equal(other->uri, t->uri))
                return true;
        }
    return false;
}

static bool is_reached(const struct proxy *p, const struct joint *j, const struct target *t,
                       const struct comers *all)
{
    const struct context *c = j->context;
    uint64_t phone = phone_of(p, t);
    struct msg *m = context_request(p, c);
    struct uri uri;
    struct msg_error err;
    if (t->look_up)
        return !m || !uri_parse(t->uri, &uri, &err) || legs_have(c, m, &uri);
    for (const struct branch *b = c->branches; b; b = b->next)
        if (b->leg == j->leg && !b->asked && b->phone == phone && !is_missed(p, b, all))
            return true;
    return has_turn(c->turns, j, t) || has_turn(c->spares, j, t);
}

/* --- joining --- */

static struct joint *joint_of(struct map_node *node)
{
    return node ? CONTAINER_OF(node, struct joint, by_who) : NULL;
}

void proxy_came(struct proxy *p, struct str who)
{
    if (p->n_joins == 0)
        return;
    struct map_node *node = map_find(&p->who, siphash13(&p->config.key, who));
    for (; node; node = map_find_next(node)) {
        struct joint *j = joint_of(node);
        list_remove(&j->wanted);
        if (j->joins && str_equal(who_of(j), who))
            list_append(&p->wanted, &j->wanted);
    }
}

static bool is_waiting(const struct joint *j)
{
    for (const struct branch *b = j->context->branches; b; b = b->next)
        if (!b->status && !b->waits && !b->left)
            return false;
    return true;
}

void proxy_serve(struct proxy *p, struct str who)
{
    struct joint *first = NULL;
    struct map_node *node = map_find(&p->who, siphash13(&p->config.key, who));
    for (; node; node = map_find_next(node)) {
        struct joint *j = joint_of(node);
        if (j->joins && str_equal(who_of(j), who) && is_waiting(j) &&
            (!first || j->serial < first->serial))
            first = j;
    }
    if (!first)
        return;
    list_remove(&first->wanted);
    list_append(&p->wanted, &first->wanted);
}

bool joint_wish(struct proxy *p, struct proxy_wish *out)
{
    struct list *first = list_first(&p->wanted);
    if (!first)
        return false;
    struct joint *j = CONTAINER_OF(first, struct joint, wanted);
    list_remove(first);
    *out = (struct proxy_wish){.id = j->id,
                               .joins = true,
                               .uri = who_of(j),
                               .tx = j->context->server,
                               .request = context_request(p, j->context)};
    return true;
}

/* RFC 3261 16.6: by its q it belongs to those that ring, or to who comes after them. */
static bool is_behind(const struct joint *j, const struct target *list, size_t n)
{
    unsigned least = 1001;
    bool behind = j->order != FORK_PARALLEL;
    for (const struct branch *b = j->context->branches; b; b = b->next)
        if (b->leg == j->leg && !b->asked && !b->status && b->q < least)
            least = b->q;
    if (least > 1000)
        return j->order == FORK_SEQUENTIAL;
    for (size_t i = 0; i < n && j->order == FORK_BY_Q; i++)
        behind = behind && list[i].q < least;
    return behind;
}

int proxy_join(struct proxy *p, uint64_t wish, const struct target *targets, size_t n, time_ns now)
{
    struct joint *j = pool_get(&p->joints, wish);
    struct target fresh[LIMIT_PROXY_BREADTH];
    size_t n_fresh = 0;
    if (!j)
        return ERR_STALE;
    struct context *c = j->context;
    struct msg *m = context_request(p, c);
    const struct comers all = {targets, n};
    for (size_t i = 0; i < n && n_fresh < LIMIT_PROXY_BREADTH; i++)
        if (!is_reached(p, j, &targets[i], &all))
            fresh[n_fresh++] = targets[i];
    if (j->fixed && j->order == FORK_SEQUENTIAL && n_fresh > 1)
        n_fresh = 1;
    if (n_fresh == 0 || c->closed || !m || !proxy_plan_use(p, m, c->server))
        return OK;
    const struct fork_how how = {.order = j->order, .ring_time = j->ring_time, .fixed = j->fixed};
    if (fork_more(p, c, m, j->leg, fresh, n_fresh, &how, is_behind(j, fresh, n_fresh), now))
        end_wait(p, j);
    return context_settle(p, c, now);
}
