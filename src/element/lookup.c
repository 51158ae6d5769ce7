/* Owns the requests that wait for a location record and its user's forwards, and what becomes of
 * them with those. Knows no record's form. */
#include <assert.h>

#include "element/forwards.h"
#include "element/hunt.h"

static void lookup_drop(struct element *e, pool_id id)
{
    struct lookup *l = pool_get(&e->lookups, id);
    msg_unref(engine_blocks(e->engine), l->event.msg);
    manner_drop(e, &l->manner);
    block_unref(engine_blocks(e->engine), l->forwards);
    block_unref(engine_blocks(e->engine), l->hunt);
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

static int ask(struct element *e, const struct lookup *l, pool_id id)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    struct store_ask get = {.op = STORE_GET};
    buf_init(&key, space, sizeof space);
    if (l->kind == LOOKUP_GROUP)
        (void)hunt_question(e, l, &key, &get);
    else if (l->kind == LOOKUP_FORWARDS)
        forwards_key(&key, (struct str){l->key, l->key_len});
    else
        buf_put(&key, (struct str){l->key, l->key_len});
    get.key = buf_str(&key);
    return engine_ask_store(e->engine, &get, OWNER_ELEMENT, id);
}

static int begin(struct element *e, struct lookup *l, pool_id id, struct str key)
{
    l->key_len = key.len;
    memcpy(l->key, key.at, key.len);
    if (l->event.kind == EVENT_REQUEST && !l->wish) {
        int rc = engine_own(e->engine, l->event.tx, OWNER_ELEMENT, id);
        if (rc != OK)
            return rc;
    }
    if (l->kind == LOOKUP_GROUP && !hunt_begin(e, l))
        return ERR_NOMEM;
    return ask(e, l, id);
}

/* What is answered where there is nobody to be rung. */
static void refuse(struct element *e, const struct engine_event *ev, const struct lookup *l,
                   unsigned status, struct str reason, time_ns now)
{
    if (l->of == OF_COMERS)
        return; /* nobody new */
    if (l->wish)
        (void)proxy_found(e->proxy, l->wish, NULL, 0, &e->fork, status, now);
    else
        answer(e, ev, status, reason, STR_NONE, now);
}

/* What is known of a question before it is asked. */
static void lookup(struct element *e, const struct lookup *what, const struct engine_event *ev,
                   struct str key, time_ns now)
{
    pool_id id;
    struct lookup *l = pool_alloc(&e->lookups, &id);
    if (!l) {
        refuse(e, ev, what, 503, STR("Too many requests wait"), now);
        return;
    }
    *l = *what;
    l->event = *ev;
    if (!manner_keep(e, &l->manner, &what->manner)) {
        refuse(e, ev, what, 503, STR("No memory"), now);
        pool_free(&e->lookups, id);
        return;
    }
    msg_ref(ev->msg);
    if (begin(e, l, id, key) != OK) {
        refuse(e, ev, what, 503, STR("No memory"), now);
        lookup_drop(e, id);
    }
}

void lookup_refuse(struct element *e, const struct lookup *l, unsigned status, struct str reason,
                   time_ns now)
{
    refuse(e, &l->event, l, status, reason, now);
}

static void refuse_unknown(struct element *e, const struct engine_event *ev, const struct lookup *l,
                           time_ns now)
{
    if (ev->kind == EVENT_REQUEST && !l->wish)
        note(e, NOTE_UNKNOWN_USER, ev->msg, ev->msg->uri_text);
    refuse(e, ev, l, 404, STR_NONE, now);
}

/* RFC 3261 12.2: what belongs to a dialog is for its other side alone. */
static bool is_new_call(const struct engine_event *ev)
{
    const struct nameaddr *to = msg_to(ev->msg);
    return ev->kind == EVENT_REQUEST && ev->msg->method == METHOD_INVITE &&
           !(to && to->tag.len > 0);
}

static void refuse_relay(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_REQUEST)
        note(e, NOTE_FORBIDDEN, ev->msg, ev->msg->uri_text);
    answer(e, ev, 403, STR("Not relayed: the sender is not registered here"), STR_NONE, now);
}

/* RFC 5627: a call to one phone by its GRUU is not for others. */
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
    if (what.kind == LOOKUP_TARGETS && !what.is_gruu && !what.manner.stateless && is_new_call(ev))
        what.kind = groups_find(e->groups, buf_str(&key)) ? LOOKUP_GROUP
                    : what.of == OF_MEMBER                ? LOOKUP_TARGETS
                                                          : LOOKUP_FORWARDS;
    if (key.over)
        refuse_unknown(e, ev, &what, now);
    else
        lookup(e, &what, ev, buf_str(&key), now);
}

/* RFC 3841 9.1: where phones are is told to accounts, or where nobody is asked who he is. */
static bool wants_redirect(const struct element *e, const struct engine_event *ev,
                           const struct manner *manner)
{
    const struct nameaddr *to = msg_to(ev->msg);
    return ev->kind == EVENT_REQUEST && !(to && to->tag.len > 0) &&
           (manner->who.user.len > 0 || !e->access.config.required) &&
           msg_has_token(ev->msg, HDR_REQUEST_DISPOSITION, STR("redirect"));
}

void lookup_targets(struct element *e, const struct engine_event *ev, const struct uri *aor,
                    bool routed, const struct manner *manner, time_ns now)
{
    if (!routed && wants_redirect(e, ev, manner)) {
        lookup_redirect(e, ev, aor, 302, now);
        return;
    }
    const struct lookup what = {.kind = LOOKUP_TARGETS, .routed = routed, .manner = *manner};
    lookup_user(e, what, ev, aor, now);
}

void lookup_redirect(struct element *e, const struct engine_event *ev, const struct uri *aor,
                     unsigned status, time_ns now)
{
    lookup_user(e, (struct lookup){.kind = LOOKUP_REDIRECT, .status = status}, ev, aor, now);
}

/* Who sends calls on is one of ours, or a phone of his: they go wherever he says, by the rules. The
 * phones of a group's member are rung as they are. */
void lookup_wish(struct element *e, const struct proxy_wish *wish, time_ns now)
{
    const struct engine_event ev = {.kind = EVENT_REQUEST, .tx = wish->tx, .msg = wish->request};
    char number[NUMBER_MAX];
    struct route_decision d;
    struct uri uri, aor;
    struct msg_error err;
    enum place place = PLACE_NOWHERE;
    bool is_uri = wish->request && uri_parse(wish->uri, &uri, &err);
    if (is_uri)
        place = place_of_uri(e, wish->request, &uri, number, &aor);
    if (is_uri && e->routes && !(wish->phones_only && place == PLACE_USER)) {
        if (onward(e, wish, &uri, &d, now))
            return;
        uri = d.uri;
        place = place_of_uri(e, wish->request, &uri, number, &aor);
    }
    if (place == PLACE_USER) {
        const struct lookup what = {
            .kind = LOOKUP_TARGETS, .of = wish->phones_only ? OF_MEMBER : OF_ALL, .wish = wish->id};
        lookup_user(e, what, &ev, &aor, now);
    } else if (place == PLACE_FOREIGN) {
        const struct target target = {.uri = uri.text, .q = 1000};
        (void)proxy_found(e->proxy, wish->id, &target, 1, &e->fork, 0, now);
    } else {
        (void)proxy_found(e->proxy, wish->id, NULL, 0, &e->fork, 404, now);
    }
}

void lookup_join(struct element *e, const struct proxy_wish *wish, time_ns now)
{
    const struct engine_event ev = {.kind = EVENT_REQUEST, .tx = wish->tx, .msg = wish->request};
    struct lookup what = {.kind = LOOKUP_FORWARDS, .of = OF_COMERS, .wish = wish->id};
    struct str key = wish->uri;
    if (hunt_is_queue(key)) {
        what.kind = LOOKUP_GROUP;
        key = hunt_of_queue(key);
    }
    if (wish->request)
        lookup(e, &what, &ev, key, now);
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

/* How they ring, and whether others may join them: a new call alone waits, for a user, not for one
 * phone of his. */
static struct fork_how how_of(const struct element *e, const struct lookup *l, bool known)
{
    struct fork_how how = e->fork;
    bool may =
        is_new_call(&l->event) && !l->is_gruu && l->kind == LOOKUP_TARGETS && !l->manner.stateless;
    if (l->manner.join != CONFIG_UNSAID) {
        how.joins = l->manner.join == CONFIG_ON;
        how.wait = l->manner.wait;
    }
    how.joins = how.joins && may;
    how.told = may && groups_have(e->groups, (struct str){l->key, l->key_len});
    how.who = (struct str){l->key, l->key_len};
    how.absent = known ? 480 : 404;
    return how;
}

/* Where somebody may come, his forwards depend on it. */
static size_t forward_to(const struct lookup *l, struct target *targets, size_t n, bool waits)
{
    size_t all = l->forwards ? forwards_apply(block_str(l->forwards), targets, n, waits) : n;
    if (l->of == OF_COMERS)
        return all > 0 && targets[0].look_up ? 0 : n; /* they ring as long as he says */
    return all;
}

/* A member of a group is busy, or was, from now on. */
static void tell_wish(struct element *e, const struct lookup *l, const struct target *targets,
                      size_t n, const struct fork_how *how, time_ns now)
{
    if (l->of == OF_MEMBER && n > 0)
        agent_change(e, how->who, AGENT_OFFERED, now);
    (void)proxy_found(e->proxy, l->wish, targets, n, how, 480, now);
}

/* The trace: where it goes from here. */
static void tell_targets(const struct element *e, const struct lookup *l,
                         const struct target *targets, size_t n, time_ns now)
{
    if (n == 0)
        engine_why(e->engine, l->event.msg, REASON_NOT_REGISTERED, (struct str){l->key, l->key_len},
                   now);
    for (size_t i = 0; i < n; i++)
        engine_why(e->engine, l->event.msg, REASON_BINDING, targets[i].uri, now);
}

/* RFC 3261 16.5, 21.4.5 and 21.4.18: nobody of that name, or nobody there. */
static void fork_to(struct element *e, const struct lookup *l, const struct store_answer *found,
                    time_ns now)
{
    const struct engine_event *ev = &l->event;
    struct target targets[LIMIT_BINDINGS + N_FORWARDS];
    bool valid, known = found->version != 0 || l->forwards;
    struct fork_how how = how_of(e, l, known);
    bool waits = how.joins && how.wait > 0 && !l->wish;
    size_t n = targets_of(e, l, found->value, targets, &valid, now);
    n = forward_to(l, targets, n, waits);
    if (n > 0 || known)
        tell_targets(e, l, targets, n, now);
    if (n == 0 && !waits && (!known || !valid))
        refuse_unknown(e, ev, l, now);
    else if (n == 0 && !waits)
        refuse(e, ev, l, 480, STR_NONE, now);
    else if (l->of == OF_COMERS)
        (void)proxy_join(e->proxy, l->wish, targets, n, now);
    else if (l->wish)
        tell_wish(e, l, targets, n, &how, now);
    else if (l->kind == LOOKUP_REDIRECT && !l->is_gruu) /* which phone it is stays hidden */
        divert_to_bindings(e, ev, l->status, found->value, now);
    else
        pass_on(e, ev, &l->manner, targets, n, &how, now);
}

static void found(struct element *e, struct lookup *l, const struct store_answer *record,
                  time_ns now)
{
    if (record->status != STORE_OK)
        refuse(e, &l->event, l, 500, STR("Location store failed"), now);
    else if (l->kind != LOOKUP_SENDER)
        fork_to(e, l, record, now);
    else if (registrar_is_from(record->value, &l->event.msg->flow, now))
        dispatch_vouched(e, &l->event, now);
    else
        refuse_relay(e, &l->event, now);
}

/* Then for his phones. False: there is no memory. */
static bool go_on(struct element *e, struct lookup *l, pool_id id, const struct store_answer *found)
{
    if (found->value.len > 0) {
        l->forwards = block_new(engine_blocks(e->engine), found->value.len);
        if (!l->forwards)
            return false;
        memcpy(l->forwards->bytes, found->value.at, found->value.len);
        l->forwards->len = (uint32_t)found->value.len;
    }
    l->kind = LOOKUP_TARGETS;
    return ask(e, l, id) == OK;
}

/* There is more to ask. */
static bool group_goes_on(struct element *e, struct lookup *l, pool_id id,
                          const struct store_answer *found)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    struct store_ask get;
    buf_init(&key, space, sizeof space);
    hunt_take(e, l, found);
    return hunt_question(e, l, &key, &get) && ask(e, l, id) == OK;
}

/* Nobody's record: the number may be known elsewhere. */
static bool is_nobody(const struct lookup *l, const struct store_answer *record)
{
    return l->kind == LOOKUP_TARGETS && record->status == STORE_OK && record->version == 0 &&
           record->value.len == 0;
}

/* To a place that is not ours, as if it had been called. False: there is no such place. */
static bool leave(struct element *e, const struct lookup *l, const struct uri *uri, time_ns now)
{
    const struct target target = {.uri = uri->text, .q = 1000};
    const struct fork_how how = {.order = FORK_PARALLEL};
    if (l->wish)
        (void)proxy_found(e->proxy, l->wish, &target, 1, &e->fork, 0, now);
    else if (relay_allowed(e, &l->event, uri, l->manner.standing, now))
        pass_on(e, &l->event, &l->manner, &target, 1, &how, now);
    return true;
}

/* RFC 6116: what its number led to. False: nowhere. */
static bool go_where(struct element *e, const struct lookup *l, struct str text, time_ns now)
{
    struct uri uri, aor;
    struct msg_error err;
    char number[NUMBER_MAX];
    if (!uri_parse(text, &uri, &err))
        return false;
    enum place place = place_of_uri(e, l->event.msg, &uri, number, &aor);
    if (place == PLACE_FOREIGN)
        return leave(e, l, &uri, now);
    if (place != PLACE_USER)
        return false;
    const struct lookup what = {.kind = LOOKUP_TARGETS,
                                .manner = l->manner,
                                .wish = l->wish,
                                .rounds = (uint8_t)(l->rounds + 1)};
    lookup_user(e, what, &l->event, &aor, now);
    return true;
}

void lookup_numbered(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct lookup *l = pool_get(&e->lookups, ev->user);
    if (!l)
        return;
    bool went = ev->number == NUMBER_FOUND && go_where(e, l, ev->uri, now);
    l = pool_get(&e->lookups, ev->user);
    l->failed |= ev->number == NUMBER_FAILED;
    if (!went && enum_asks(e, l, ev->user, now))
        return;
    if (!went && l->failed) /* RFC 3261 16.9, as a name that cannot be found */
        refuse(e, &l->event, l, 500, STR("The DNS does not answer"), now);
    else if (!went)
        fork_to(e, l, &(struct store_answer){.status = STORE_OK}, now);
    lookup_drop(e, ev->user);
}

void lookup_stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct lookup *l = pool_get(&e->lookups, ev->user);
    if (!l)
        return;
    if (l->kind == LOOKUP_GROUP && group_goes_on(e, l, ev->user, &ev->store))
        return;
    if (is_nobody(l, &ev->store) && enum_asks(e, l, ev->user, now))
        return;
    if (l->kind == LOOKUP_GROUP)
        hunt_go(e, l, now);
    else if (l->kind != LOOKUP_FORWARDS || ev->store.status != STORE_OK)
        found(e, l, &ev->store, now);
    else if (go_on(e, l, ev->user, &ev->store))
        return;
    else
        refuse(e, &l->event, l, 503, STR("No memory"), now);
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
