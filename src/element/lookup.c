/* Owns the requests that wait for a location record, and what becomes of them with it. Knows no
 * record's form. */
#include <assert.h>

#include "element/parts.h"

enum lookup_kind { LOOKUP_TARGETS, LOOKUP_REDIRECT, LOOKUP_SENDER };

struct lookup {
    enum lookup_kind kind;
    bool is_gruu;
    bool routed;
    struct gruu gruu;
    struct engine_event event; /* its message is our reference */
    struct manner manner;      /* LOOKUP_TARGETS */
    unsigned status;           /* LOOKUP_REDIRECT */
};

static void lookup_drop(struct element *e, pool_id id)
{
    struct lookup *l = pool_get(&e->lookups, id);
    msg_unref(engine_blocks(e->engine), l->event.msg);
    manner_drop(&l->manner);
    pool_free(&e->lookups, id);
}

void lookup_init(struct element *e)
{
    pool_init(&e->lookups, e->mem, sizeof(struct lookup), LIMIT_LOOKUPS_PENDING);
}

void lookup_fini(struct element *e)
{
    uint32_t cursor = 0;
    pool_id id;
    while (pool_each(&e->lookups, &cursor, &id))
        lookup_drop(e, id);
    pool_fini(&e->lookups);
}

static int ask(struct element *e, pool_id id, struct str key)
{
    struct lookup *l = pool_get(&e->lookups, id);
    struct store_ask get = {.op = STORE_GET, .key = key};
    if (l->event.kind == EVENT_REQUEST) {
        int rc = engine_own(e->engine, l->event.tx, OWNER_ELEMENT, id);
        if (rc != OK)
            return rc;
    }
    return engine_ask_store(e->engine, &get, OWNER_ELEMENT, id);
}

/* What is known of a question before it is asked. */
static void lookup(struct element *e, const struct lookup *what, const struct engine_event *ev,
                   struct str key, time_ns now)
{
    pool_id id;
    struct lookup *l = pool_alloc(&e->lookups, &id);
    if (!l) {
        answer(e, ev, 503, STR("Too many requests wait"), STR_NONE, now);
        return;
    }
    *l = *what;
    l->event = *ev;
    l->manner = manner_keep(&what->manner);
    msg_ref(ev->msg);
    if (ask(e, id, key) != OK) {
        lookup_drop(e, id);
        answer(e, ev, 503, STR("No memory"), STR_NONE, now);
    }
}

static void refuse_unknown(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_REQUEST)
        note(e, NOTE_UNKNOWN_USER, ev->msg, ev->msg->uri_text);
    answer(e, ev, 404, STR_NONE, STR_NONE, now);
}

static void refuse_relay(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_REQUEST)
        note(e, NOTE_FORBIDDEN, ev->msg, ev->msg->uri_text);
    answer(e, ev, 403, STR("Not relayed: the sender is not registered here"), STR_NONE, now);
}

static void lookup_user(struct element *e, struct lookup what, const struct engine_event *ev,
                        const struct uri *aor, time_ns now)
{
    char space[LIMIT_AOR_BYTES];
    struct buf key;
    buf_init(&key, space, sizeof space);
    what.is_gruu = uri_has_param(aor, STR("gr"));
    if (!what.is_gruu)
        registrar_key(&key, aor);
    else if (!registrar_gruu(e->registrar, aor, &key, &what.gruu))
        key.over = true;
    if (key.over)
        refuse_unknown(e, ev, now);
    else
        lookup(e, &what, ev, buf_str(&key), now);
}

void lookup_targets(struct element *e, const struct engine_event *ev, const struct uri *aor,
                    bool routed, const struct manner *manner, time_ns now)
{
    const struct lookup what = {.kind = LOOKUP_TARGETS, .routed = routed, .manner = *manner};
    lookup_user(e, what, ev, aor, now);
}

void lookup_redirect(struct element *e, const struct engine_event *ev, const struct uri *aor,
                     unsigned status, time_ns now)
{
    lookup_user(e, (struct lookup){.kind = LOOKUP_REDIRECT, .status = status}, ev, aor, now);
}

void lookup_sender(struct element *e, const struct engine_event *ev, const struct uri *sender,
                   time_ns now)
{
    char space[LIMIT_AOR_BYTES];
    struct buf key;
    buf_init(&key, space, sizeof space);
    registrar_key(&key, sender);
    if (key.over)
        refuse_relay(e, ev, now);
    else
        lookup(e, &(struct lookup){.kind = LOOKUP_SENDER}, ev, buf_str(&key), now);
}

static size_t targets_of(const struct element *e, const struct lookup *l, struct str record,
                         struct target targets[LIMIT_BINDINGS], bool *valid, time_ns now)
{
    size_t n;
    *valid = true;
    if (l->is_gruu)
        n = registrar_gruu_targets(e->registrar, record, &l->gruu, now, targets, LIMIT_BINDINGS,
                                   valid);
    else
        n = registrar_targets(record, now, targets, LIMIT_BINDINGS);
    for (size_t i = 0; i < n && l->routed; i++) {
        targets[i].path = STR_NONE;
        targets[i].has_flow = false;
    }
    return n;
}

/* RFC 3261 16.5, 21.4.5 and 21.4.18: nobody of that name, or nobody there. */
static void fork_to(struct element *e, const struct lookup *l, const struct store_answer *found,
                    time_ns now)
{
    const struct engine_event *ev = &l->event;
    struct target targets[LIMIT_BINDINGS];
    bool valid;
    size_t n = targets_of(e, l, found->value, targets, &valid, now);
    if (n == 0 && (found->version == 0 || !valid))
        refuse_unknown(e, ev, now);
    else if (n == 0)
        answer(e, ev, 480, STR_NONE, STR_NONE, now);
    else if (l->kind == LOOKUP_REDIRECT && !l->is_gruu) /* which phone it is stays hidden */
        divert_to_bindings(e, ev, l->status, found->value, now);
    else
        pass_on(e, ev, &l->manner, targets, n, &e->fork, now);
}

static void found(struct element *e, struct lookup *l, const struct store_answer *record,
                  time_ns now)
{
    if (record->status != STORE_OK)
        answer(e, &l->event, 500, STR("Location store failed"), STR_NONE, now);
    else if (l->kind != LOOKUP_SENDER)
        fork_to(e, l, record, now);
    else if (registrar_is_from(record->value, &l->event.msg->flow, now))
        dispatch_vouched(e, &l->event, now);
    else
        refuse_relay(e, &l->event, now);
}

void lookup_stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct lookup *l = pool_get(&e->lookups, ev->user);
    if (!l)
        return;
    found(e, l, &ev->store, now);
    lookup_drop(e, ev->user);
}

void lookup_cancelled(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct lookup *l = pool_get(&e->lookups, ev->other_user);
    if (!l)
        return;
    assert(l->event.tx == ev->other);
    answer(e, &l->event, 487, STR_NONE, STR_NONE, now);
    lookup_drop(e, ev->other_user);
}

void lookup_forget(struct element *e, const struct engine_event *ev)
{
    if (pool_get(&e->lookups, ev->user))
        lookup_drop(e, ev->user);
}
