/* Owns the life of the table and of its dialogs: how they are found, counted, listed and freed. */
#include "follow/table.h"

#include "base/err.h"

#define BUCKETS_FIRST 64
#define LINGER_DEFAULT (32 * NS_PER_S)

struct str follow_cause_name(enum follow_cause cause)
{
    static const struct str names[N_FOLLOW_CAUSES] = {
        STR_INIT("not_answered"),    STR_INIT("bye"),       STR_INIT("gone"),
        STR_INIT("session_expired"), STR_INIT("call_time"), STR_INIT("on_request"),
        STR_INIT("forgotten")};
    return cause < N_FOLLOW_CAUSES ? names[cause] : STR_NONE;
}

static bool init(struct follow_table *t, struct follow_quota *quota)
{
    t->owns_quota = !quota;
    t->quota = quota ? quota : follow_quota_new(t->mem);
    if (!t->quota || map_init(&t->by_dialog, t->mem, BUCKETS_FIRST) != OK)
        return false;
    if (map_init(&t->by_invite, t->mem, BUCKETS_FIRST) == OK)
        return true;
    map_fini(&t->by_dialog);
    return false;
}

struct follow_table *follow_table_new(struct mem *mem, const struct hash_key *key,
                                      struct follow_quota *quota)
{
    struct follow_table *t = mem_alloc_zero(mem, sizeof *t);
    if (!t)
        return NULL;
    t->mem = mem;
    t->key = *key;
    if (!init(t, quota)) {
        if (t->owns_quota)
            follow_quota_free(mem, t->quota);
        mem_free(mem, t, sizeof *t);
        return NULL;
    }
    slab_init(&t->slab, mem);
    pool_init(&t->calls, mem, sizeof(struct followed), LIMIT_CALL_DIALOGS);
    pool_init(&t->setups, mem, sizeof(struct setup), LIMIT_PROXY_CONTEXTS);
    wheel_init(&t->wheel, 0);
    list_init(&t->ending);
    list_init(&t->ends);
    return t;
}

void follow_table_free(struct follow_table *t)
{
    uint32_t cursor = 0;
    pool_id id;
    if (!t)
        return;
    for (struct setup *s; (s = pool_each(&t->setups, &cursor, &id));)
        follow_setup_end(t, id);
    cursor = 0;
    for (struct followed *c; (c = pool_each(&t->calls, &cursor, &id));) {
        follow_finish(t, c, FOLLOW_FORGOTTEN);
        if (pool_get(&t->calls, id))
            follow_free(t, c);
    }
    pool_fini(&t->calls);
    pool_fini(&t->setups);
    map_fini(&t->by_dialog);
    map_fini(&t->by_invite);
    slab_fini(&t->slab);
    if (t->owns_quota)
        follow_quota_free(t->mem, t->quota);
    mem_free(t->mem, t, sizeof *t);
}

void follow_table_rule(struct follow_table *t, const struct follow_rules *rules)
{
    t->rules = *rules;
    if (t->rules.linger == 0)
        t->rules.linger = LINGER_DEFAULT;
}

/* The same for both directions. */
uint64_t follow_hash(const struct follow_table *t, struct str id, struct str one, struct str other)
{
    struct siphash h;
    siphash_init(&h, &t->key);
    siphash_text(&h, id);
    siphash_pair(&h, one, other);
    return siphash_end(&h);
}

struct followed *follow_new(struct follow_table *t, struct setup *s, uint64_t hash)
{
    pool_id id;
    struct followed *c = pool_alloc(&t->calls, &id);
    if (!c)
        return NULL;
    t->expected -= s->calls == NULL;
    c->id = id;
    c->setup = s;
    c->next = s->calls;
    s->calls = c;
    c->session_end = TIME_NEVER;
    timer_init(&c->timer);
    list_init(&c->due);
    list_init(&c->end);
    map_insert(&t->by_dialog, &c->by_dialog, hash);
    t->stats.dialogs++;
    return c;
}

static void leave_setup(struct follow_table *t, struct followed *c)
{
    struct followed **at = c->setup ? &c->setup->calls : NULL;
    while (at && *at != c)
        at = &(*at)->next;
    if (at)
        *at = c->next;
    t->expected += c->setup && !c->setup->calls;
    c->setup = NULL;
}

void follow_free(struct follow_table *t, struct followed *c)
{
    leave_setup(t, c);
    wheel_stop(&t->wheel, &c->timer);
    list_remove(&c->due);
    list_remove(&c->end);
    map_remove(&t->by_dialog, &c->by_dialog);
    follow_drop_texts(t, c);
    pool_free(&t->calls, c->id);
}

void follow_settle(struct follow_table *t, struct followed *c, enum follow_cause cause)
{
    if (c->state != FOLLOW_EARLY && c->state != FOLLOW_ANSWERED)
        return;
    t->stats.dialogs--;
    t->stats.ended[cause]++;
    if (c->state == FOLLOW_ANSWERED)
        list_append(&t->ends, &c->end);
    if (c->counts)
        follow_quota_give(t->quota, c->account);
    c->counts = false;
    c->cause = (uint8_t)cause;
}

void follow_leave(struct follow_table *t, struct followed *c)
{
    if (c->state == FOLLOW_PAST && !c->setup && list_is_empty(&c->end))
        follow_free(t, c);
}

void follow_finish(struct follow_table *t, struct followed *c, enum follow_cause cause)
{
    follow_settle(t, c, cause);
    c->state = FOLLOW_PAST;
    wheel_stop(&t->wheel, &c->timer);
    list_remove(&c->due);
    follow_leave(t, c);
}

static bool is_side(const struct followed *c, enum text which, const struct nameaddr *n)
{
    return n && str_equal(n->tag, follow_text(c, which));
}

follow_ref follow_find(const struct follow_table *t, struct msg *m, enum follow_side *from)
{
    const struct nameaddr *f = msg_from(m), *to = msg_to(m);
    struct str id = msg_call_id(m);
    if (t->by_dialog.n_nodes == 0 || !f || !to)
        return 0;
    struct map_node *n = map_find(&t->by_dialog, follow_hash(t, id, f->tag, to->tag));
    for (; n; n = map_find_next(n)) {
        const struct followed *c = CONTAINER_OF(n, struct followed, by_dialog);
        if (!str_equal(id, follow_text(c, TEXT_CALL_ID)))
            continue;
        if (is_side(c, TEXT_FROM_TAG, f) && is_side(c, TEXT_TO_TAG, to))
            return *from = FOLLOW_CALLER, c->id;
        if (is_side(c, TEXT_TO_TAG, f) && is_side(c, TEXT_FROM_TAG, to))
            return *from = FOLLOW_CALLEE, c->id;
    }
    return 0;
}

bool follow_is_ended(const struct follow_table *t, follow_ref id, enum follow_side side, bool *told)
{
    const struct followed *c = pool_get(&t->calls, id);
    *told = c && c->bye_done & 1u << side;
    return c && c->state == FOLLOW_ENDED;
}

void follow_over(struct follow_table *t, follow_ref id, enum follow_cause cause)
{
    struct followed *c = pool_get(&t->calls, id);
    if (c && (c->state == FOLLOW_EARLY || c->state == FOLLOW_ANSWERED))
        follow_finish(t, c, cause);
}

static struct follow_view view_of(const struct followed *c)
{
    return (struct follow_view){.id = c->id,
                                .state = (enum follow_state)c->state,
                                .cause = (enum follow_cause)c->cause,
                                .since = c->since,
                                .session_end = c->session_end,
                                .id_text = follow_text(c, TEXT_CALL_ID),
                                .from = follow_text(c, TEXT_FROM),
                                .to = follow_text(c, TEXT_TO),
                                .from_tag = follow_text(c, TEXT_FROM_TAG),
                                .to_tag = follow_text(c, TEXT_TO_TAG)};
}

bool follow_ended(struct follow_table *t, struct follow_view *out)
{
    struct followed *c = t->shown ? pool_get(&t->calls, t->shown) : NULL;
    struct list *node = list_first(&t->ends);
    if (c)
        follow_leave(t, c);
    t->shown = 0;
    if (!node)
        return false;
    c = CONTAINER_OF(node, struct followed, end);
    list_remove(node);
    t->shown = c->id;
    *out = view_of(c);
    return true;
}

size_t follow_list(const struct follow_table *t, uint32_t *cursor, struct follow_view *out,
                   size_t max)
{
    size_t n = 0;
    while (n < max) {
        pool_id id;
        const struct followed *c = pool_each(&t->calls, cursor, &id);
        if (!c) {
            *cursor = 0;
            break;
        }
        if (c->state != FOLLOW_PAST)
            out[n++] = view_of(c);
    }
    return n;
}

bool follow_look(const struct follow_table *t, follow_ref id, struct follow_view *out)
{
    const struct followed *c = pool_get(&t->calls, id);
    if (c)
        *out = view_of(c);
    return c != NULL;
}

const struct follow_stats *follow_table_stats(const struct follow_table *t)
{
    return &t->stats;
}
