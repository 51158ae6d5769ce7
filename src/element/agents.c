/* Owns which calls members of groups are in, and the changes of their states that are on their way
 * to the store. Knows no group. */
#include "element/parts.h"

#define BUCKETS_FIRST 16
#define STATE_KEPT (LIMIT_CALL_SILENT_S * NS_PER_S)

/* One dialog of one member. */
struct agent_call {
    struct map_node by_dialog;
    struct list by_age;
    pool_id id;
    size_t len;
    char member[LIMIT_AOR_BYTES];
};

struct change {
    enum agent_change what;
    time_ns at;
    bool read; /* it was asked for; else it is being written */
    unsigned tries;
    size_t len;
    char member[LIMIT_AOR_BYTES];
};

int agents_init(struct element *e)
{
    struct agents *a = &e->agents;
    list_init(&a->by_age);
    pool_init(&a->calls, e->mem, sizeof(struct agent_call), LIMIT_AGENT_CALLS);
    pool_init(&a->changes, e->mem, sizeof(struct change), LIMIT_AGENT_CHANGES);
    return map_init(&a->by_dialog, e->mem, BUCKETS_FIRST);
}

static struct str member_of(const struct agent_call *c)
{
    return (struct str){c->member, c->len};
}

static void forget(struct agents *a, struct agent_call *c)
{
    map_remove(&a->by_dialog, &c->by_dialog);
    list_remove(&c->by_age);
    pool_free(&a->calls, c->id);
}

static struct agent_call *oldest(struct agents *a)
{
    struct list *first = list_first(&a->by_age);
    return first ? CONTAINER_OF(first, struct agent_call, by_age) : NULL;
}

void agents_fini(struct element *e)
{
    struct agents *a = &e->agents;
    struct agent_call *c;
    if (!a->by_dialog.mem)
        return;
    while ((c = oldest(a)))
        forget(a, c);
    map_fini(&a->by_dialog);
    pool_fini(&a->calls);
    pool_fini(&a->changes);
}

/* --- its dialogs --- */

static struct agent_call *find(const struct agents *a, uint64_t dialog)
{
    struct map_node *n = map_find(&a->by_dialog, dialog);
    return n ? CONTAINER_OF(n, struct agent_call, by_dialog) : NULL;
}

static bool is_known(const struct agents *a, uint64_t dialog, struct str member)
{
    struct map_node *n = map_find(&a->by_dialog, dialog);
    for (; n; n = map_find_next(n))
        if (str_equal(member_of(CONTAINER_OF(n, struct agent_call, by_dialog)), member))
            return true;
    return false;
}

/* A 2xx comes again until it has its ACK, and with each re-INVITE. */
void agent_talks(struct element *e, uint64_t dialog, struct str member, time_ns now)
{
    struct agents *a = &e->agents;
    pool_id id;
    if (member.len > LIMIT_AOR_BYTES || is_known(a, dialog, member))
        return;
    struct agent_call *c = pool_alloc(&a->calls, &id);
    if (!c)
        return;
    c->id = id;
    c->len = member.len;
    memcpy(c->member, member.at, member.len);
    list_append(&a->by_age, &c->by_age);
    map_insert(&a->by_dialog, &c->by_dialog, dialog);
    agent_change(e, member, AGENT_BEGINS, now);
}

void agent_hangs_up(struct element *e, uint64_t dialog, time_ns now)
{
    struct agent_call *c;
    if (e->agents.by_dialog.n_nodes == 0)
        return;
    while ((c = find(&e->agents, dialog))) {
        agent_change(e, member_of(c), AGENT_ENDS, now);
        forget(&e->agents, c);
    }
}

void agent_gone(struct element *e, struct str member, time_ns now)
{
    struct agents *a = &e->agents;
    if (member.len == 0 || !groups_have(e->groups, member))
        return;
    LIST_EACH (&a->by_age, node, after) {
        struct agent_call *c = CONTAINER_OF(node, struct agent_call, by_age);
        if (str_equal(member_of(c), member))
            forget(a, c);
    }
    agent_change(e, member, AGENT_GONE, now);
}

/* --- its state --- */

static int ask(struct element *e, const struct change *c, pool_id id, enum store_op op,
               struct str value, uint64_t version)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    buf_init(&key, space, sizeof space);
    agent_state_key(&key, (struct str){c->member, c->len});
    const struct store_ask ask = {.op = op,
                                  .space = STORE_MOMENTS,
                                  .key = buf_str(&key),
                                  .value = value,
                                  .version = version,
                                  .expires = time_add(c->at, STATE_KEPT)};
    return engine_ask_store(e->engine, &ask, OWNER_AGENT, id);
}

void agent_change(struct element *e, struct str member, enum agent_change what, time_ns now)
{
    pool_id id;
    struct change *c = pool_alloc(&e->agents.changes, &id);
    if (!c)
        return;
    *c = (struct change){.what = what, .at = now, .read = true, .len = member.len};
    memcpy(c->member, member.at, member.len);
    if (ask(e, c, id, STORE_GET, STR_NONE, 0) != OK)
        pool_free(&e->agents.changes, id);
}

static void apply(struct agent_state *s, const struct change *c)
{
    switch (c->what) {
    case AGENT_BEGINS:
        s->calls += s->calls < LIMIT_AGENT_CALLS;
        break;
    case AGENT_ENDS:
        s->calls -= s->calls > 0;
        s->ended = c->at;
        break;
    case AGENT_OFFERED:
        s->offered = c->at;
        break;
    case AGENT_GONE:
        s->ended = s->calls > 0 ? c->at : s->ended;
        s->calls = 0;
        break;
    }
}

static int write_state(struct element *e, struct change *c, pool_id id,
                       const struct store_answer *found)
{
    char text[AGENT_STATE_BYTES];
    struct buf b;
    struct agent_state s = agent_state_read(found->value);
    apply(&s, c);
    buf_init(&b, text, sizeof text);
    agent_state_write(&b, &s);
    c->read = false;
    return ask(e, c, id, STORE_PUT, buf_str(&b), found->version);
}

void agent_stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct change *c = pool_get(&e->agents.changes, ev->user);
    (void)now;
    if (!c)
        return;
    bool decide = (c->read && ev->store.status == STORE_OK) ||
                  (ev->store.status == STORE_CONFLICT && ++c->tries < LIMIT_STORE_TRIES);
    if (!decide || write_state(e, c, ev->user, &ev->store) != OK)
        pool_free(&e->agents.changes, ev->user);
}
