/* Owns what becomes of a call to a group: who of its members may ring, in which order, and what is
 * done where none is free. Knows no phone. */
#include "element/hunt.h"

#define LOOK_EVERY NS_PER_S /* for a member who is free, while a call waits */
#define QUEUE STR("queue ")
#define RING_USUAL (20 * NS_PER_S)
#define TURN_MAX 1000000
#define TURN_KEPT (LIMIT_RECORD_KEPT_S * NS_PER_S)

enum { ASKS_LOGIN, ASKS_TURN, ASKS_MEMBERS }; /* the steps; from the last one on a member each */

struct hunt {
    unsigned step;
    bool failed; /* who has logged in cannot be told */
    group_set in;
    uint64_t turn, turn_version;
    struct agent_state states[LIMIT_GROUP_MEMBERS];
};

static struct hunt *hunt_of(const struct lookup *l)
{
    return (struct hunt *)(void *)l->hunt->bytes;
}

static const struct group *group_of(const struct element *e, const struct lookup *l)
{
    return groups_find(e->groups, (struct str){l->key, l->key_len});
}

bool hunt_begin(struct element *e, struct lookup *l)
{
    l->hunt = block_new(engine_blocks(e->engine), sizeof(struct hunt));
    if (!l->hunt)
        return false;
    *hunt_of(l) = (struct hunt){.step = ASKS_LOGIN};
    return true;
}

/* --- what it depends on --- */

static bool needs_states(const struct group *g)
{
    return g->skip_busy || g->wrap_up > 0 || g->queue > 0 || g->order == CONFIG_ORDER_LONGEST_IDLE;
}

static bool is_asked(const struct group *g, unsigned step)
{
    if (step == ASKS_LOGIN)
        return true;
    return step == ASKS_TURN ? g->order == CONFIG_ORDER_IN_TURN : needs_states(g);
}

bool hunt_question(struct element *e, const struct lookup *l, struct buf *key,
                   struct store_ask *get)
{
    const struct group *g = group_of(e, l);
    struct hunt *h = hunt_of(l);
    while (g && h->step < ASKS_MEMBERS + g->n && !is_asked(g, h->step))
        h->step++;
    if (!g || h->step >= ASKS_MEMBERS + g->n)
        return false;
    get->space = h->step == ASKS_LOGIN ? STORE_LOCATIONS : STORE_MOMENTS;
    if (h->step == ASKS_LOGIN)
        group_record_key(key, g);
    else if (h->step == ASKS_TURN)
        group_turn_key(key, g);
    else
        agent_state_key(key, g->members[h->step - ASKS_MEMBERS].key);
    return true;
}

/* What is so for the moment may be lost; nobody's call is refused for that. */
void hunt_take(struct element *e, struct lookup *l, const struct store_answer *found)
{
    const struct group *g = group_of(e, l);
    struct hunt *h = hunt_of(l);
    unsigned step = h->step++;
    if (step == ASKS_LOGIN)
        h->failed = found->status != STORE_OK;
    if (!g || found->status != STORE_OK)
        return;
    if (step == ASKS_LOGIN)
        h->in = group_record_read(found->value, g);
    else if (step == ASKS_TURN && str_to_u64(found->value, TURN_MAX, &h->turn))
        h->turn_version = found->version;
    else if (step >= ASKS_MEMBERS && step - ASKS_MEMBERS < g->n)
        h->states[step - ASKS_MEMBERS] = agent_state_read(found->value);
}

/* --- who rings --- */

struct choosing {
    const struct group *group;
    const struct hunt *hunt;
    unsigned n;
    bool queued; /* for a call that waits */
    bool any_busy;
    uint8_t free[LIMIT_GROUP_MEMBERS];
};

/* A call that waits does not ring where another one rings already. */
static bool is_ringing(const struct choosing *c, unsigned i, time_ns now)
{
    const struct agent_state *s = &c->hunt->states[i];
    time_ns ring = c->group->members[i].ring_time;
    return c->queued && s->offered > s->ended &&
           now < time_add(s->offered, ring ? ring : RING_USUAL);
}

static bool is_busy(const struct choosing *c, unsigned i, time_ns now)
{
    const struct group *g = c->group;
    const struct agent_state *s = &c->hunt->states[i];
    return (g->skip_busy && s->calls > 0) || is_ringing(c, i, now) ||
           (g->wrap_up > 0 && s->ended > 0 && now < time_add(s->ended, g->wrap_up));
}

static time_ns last_of(const struct choosing *c, unsigned i)
{
    const struct agent_state *s = &c->hunt->states[i];
    return s->ended > s->offered ? s->ended : s->offered;
}

static void add(struct choosing *c, unsigned i, time_ns now)
{
    const struct group *g = c->group;
    unsigned at = c->n;
    if (g->login && !(c->hunt->in >> i & 1))
        return;
    if (is_busy(c, i, now)) {
        c->any_busy = true;
        return;
    }
    for (; at > 0 && g->order == CONFIG_ORDER_LONGEST_IDLE &&
           last_of(c, c->free[at - 1]) > last_of(c, i);
         at--)
        c->free[at] = c->free[at - 1];
    c->free[at] = (uint8_t)i;
    c->n++;
}

static struct choosing choose_members(const struct group *g, const struct hunt *h, bool queued,
                                      time_ns now)
{
    struct choosing c = {.group = g, .hunt = h, .queued = queued};
    unsigned first = g->order == CONFIG_ORDER_IN_TURN ? (unsigned)(h->turn % g->n) : 0;
    for (unsigned i = 0; i < g->n; i++)
        add(&c, (first + i) % g->n, now);
    return c;
}

static size_t targets_of(const struct choosing *c, struct target *out)
{
    const struct group *g = c->group;
    for (unsigned i = 0; i < c->n; i++) {
        const struct group_member *m = &g->members[c->free[i]];
        out[i] = (struct target){.uri = m->uri,
                                 .q = 1000,
                                 .look_up = true,
                                 .phones_only = true,
                                 .delay = m->delay,
                                 .ring_time = m->ring_time};
    }
    return c->n;
}

/* The next call begins with somebody else. Where another one was quicker it begins with the same.
 */
static void note_turn(struct element *e, const struct choosing *c, time_ns now)
{
    char space[LIMIT_AOR_BYTES + 16], text[24];
    struct buf key, value;
    const struct group *g = c->group;
    if (g->order != CONFIG_ORDER_IN_TURN)
        return;
    buf_init(&key, space, sizeof space);
    buf_init(&value, text, sizeof text);
    group_turn_key(&key, g);
    buf_put_u64(&value, (c->free[0] + 1u) % g->n);
    const struct store_ask put = {.op = STORE_PUT,
                                  .space = STORE_MOMENTS,
                                  .key = buf_str(&key),
                                  .value = buf_str(&value),
                                  .version = c->hunt->turn_version,
                                  .expires = time_add(now, TURN_KEPT)};
    (void)engine_ask_store(e->engine, &put, OWNER_AGENT, 0);
}

/* --- calls that wait for a member --- */

bool hunt_is_queue(struct str who)
{
    return str_equal(str_slice(who, 0, QUEUE.len), QUEUE);
}

struct str hunt_of_queue(struct str who)
{
    return str_slice(who, QUEUE.len, who.len);
}

static struct str queue_of(const struct group *g, struct buf *b)
{
    buf_put(b, QUEUE);
    buf_put(b, g->key);
    return b->over ? STR_NONE : buf_str(b);
}

void hunt_time(struct element *e, time_ns now)
{
    char space[LIMIT_AOR_BYTES];
    struct buf b;
    const struct group *g;
    if (now < e->look_again)
        return;
    e->look_again = TIME_NEVER;
    for (unsigned i = 0; (g = groups_at(e->groups, i)); i++) {
        buf_init(&b, space, sizeof space);
        struct str who = queue_of(g, &b);
        if (g->queue == 0 || proxy_joints_of(e->proxy, who) == 0)
            continue;
        proxy_serve(e->proxy, who);
        e->look_again = time_add(now, LOOK_EVERY);
    }
}

static bool may_wait(const struct element *e, const struct lookup *l, const struct group *g,
                     struct str who)
{
    return who.len > 0 && !l->wish && proxy_joints_of(e->proxy, who) < g->queue;
}

/* --- the call --- */

static struct fork_how how_of(const struct choosing *c, struct str who, bool waits)
{
    const struct group *g = c->group;
    return (struct fork_how){.order =
                                 g->order == CONFIG_ORDER_ALL ? FORK_PARALLEL : FORK_SEQUENTIAL,
                             .fixed = true,
                             .who = who,
                             .joins = waits,
                             .wait = waits ? g->queue_time : 0,
                             .absent = c->any_busy ? 486 : 480,
                             .refusal = g->reply};
}

static size_t add_forward(const struct group *g, struct target *targets, size_t n)
{
    if (g->forward.len > 0)
        targets[n++] = (struct target){.uri = g->forward,
                                       .look_up = true,
                                       .when = WHEN_BUSY | WHEN_NO_ANSWER | WHEN_UNREACHABLE};
    return n;
}

static void begin(struct element *e, struct lookup *l, const struct choosing *c, time_ns now)
{
    struct target targets[LIMIT_GROUP_MEMBERS + 1];
    char space[LIMIT_AOR_BYTES];
    struct buf b;
    const struct group *g = c->group;
    buf_init(&b, space, sizeof space);
    struct str who = queue_of(g, &b);
    bool waits = may_wait(e, l, g, who);
    const struct fork_how how = how_of(c, who, waits);
    size_t n = add_forward(g, targets, targets_of(c, targets));
    if (c->n == 0 && waits)
        answer(e, &l->event, 182, STR_NONE, STR_NONE, now);
    if (waits)
        e->look_again = time_min(e->look_again, time_add(now, LOOK_EVERY));
    if (l->wish && n > 0)
        (void)proxy_found(e->proxy, l->wish, targets, n, &how, 480, now);
    else if (n > 0 || waits)
        pass_on(e, &l->event, &l->manner, targets, n, &how, now);
    else
        lookup_refuse(e, l, g->reply ? g->reply : how.absent, STR_NONE, now);
}

void hunt_go(struct element *e, struct lookup *l, time_ns now)
{
    const struct group *g = group_of(e, l);
    const struct hunt *h = hunt_of(l);
    struct target targets[LIMIT_GROUP_MEMBERS];
    if (!g || h->failed) {
        lookup_refuse(e, l, g ? 500 : 404, g ? STR("Location store failed") : STR_NONE, now);
        return;
    }
    const struct choosing c = choose_members(g, h, l->of == OF_COMERS, now);
    if (l->of == OF_COMERS && c.n > 0)
        (void)proxy_join(e->proxy, l->wish, targets, targets_of(&c, targets), now);
    else if (l->of != OF_COMERS)
        begin(e, l, &c, now);
    if (c.n > 0 && l->of != OF_COMERS)
        note_turn(e, &c, now);
}
