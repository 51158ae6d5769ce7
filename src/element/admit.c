/* Owns who is let in: asks for credentials (RFC 3261 22, RFC 7616), for the account that they name,
 * and lets the request go on once they prove right. Knows no rule of who may do what. */
#include "element/parts.h"

#include <assert.h>

/* A request that waits for its account. */
struct admission {
    struct engine_event event; /* its message is our reference */
    enum place place;
    struct nonce nonce;
    struct credentials credentials;
    enum store_space asked;
    bool may_repeat;  /* what passes without state cannot be told from its retransmission */
    uint64_t account; /* slow_account */
    bool is_counted;  /* a guess at the account was taken for it */
};

static void drop(struct element *e, pool_id id)
{
    struct admission *a = pool_get(&e->admissions, id);
    msg_unref(engine_blocks(e->engine), a->event.msg);
    pool_free(&e->admissions, id);
}

void admit_init(struct element *e)
{
    pool_init(&e->admissions, e->mem, sizeof(struct admission), LIMIT_ADMISSIONS_PENDING);
}

void admit_fini(struct element *e)
{
    uint32_t cursor = 0;
    pool_id id;
    while (pool_each(&e->admissions, &cursor, &id))
        drop(e, id);
    pool_fini(&e->admissions);
}

/* RFC 3261 22.2, 22.3: a UAS or registrar asks with 401, a proxy with 407. */
static bool by_proxy(enum place place)
{
    return place != PLACE_SELF;
}

static enum hdr_id borne_in(enum place place)
{
    return by_proxy(place) ? HDR_PROXY_AUTHORIZATION : HDR_AUTHORIZATION;
}

static void challenge(struct element *e, const struct engine_event *ev, enum place place,
                      bool stale, time_ns now)
{
    char space[CHALLENGE_BYTES], nonce[NONCE_LEN];
    struct buf lines;
    struct str realm = rights_realm(e, ev->msg);
    const struct access *a = &e->access;
    nonce_make(a->nonces, realm, &ev->msg->flow.remote, now, nonce);
    buf_init(&lines, space, sizeof space);
    challenge_print(&lines, &(struct challenge){.by_proxy = by_proxy(place),
                                                .realm = realm,
                                                .nonce = {nonce, sizeof nonce},
                                                .opaque = {a->opaque, sizeof a->opaque},
                                                .stale = stale,
                                                .auth_int = a->config.auth_int,
                                                .algorithms = a->config.algorithms});
    assert(!lines.over);
    answer_once(e, ev, by_proxy(place) ? 407 : 401, STR_NONE, buf_str(&lines), now);
}

/* --- what a request bears --- */

enum bearing {
    BEARS_NONE,     /* no credentials of ours */
    BEARS_IMPROPER, /* not to be understood, or for another request */
    BEARS_STALE,    /* by a nonce that is not good any more, or not here */
    BEARS_REPEATED, /* by a count that was there before */
    BEARS_GOOD      /* worth looking at */
};

static enum bearing judge(const struct element *e, struct msg *m, struct str realm,
                          const struct credentials *c, struct nonce *nonce, time_ns now)
{
    const struct access *a = &e->access;
    if ((a->config.algorithms & 1u << c->algorithm) == 0) /* not asked for any more */
        return BEARS_STALE;
    if (!nonce_read(a->nonces, c->nonce, realm, &m->flow.remote, nonce) ||
        now - nonce->made > a->config.nonce_life)
        return BEARS_STALE;
    if (!credentials_fit(c, m))
        return BEARS_IMPROPER;
    return nonce_is_unused(a->nonces, nonce, c->count) ? BEARS_GOOD : BEARS_REPEATED;
}

/* RFC 3261 22.3: there may be several of one realm: the first whose nonce is ours counts, and of
 * others the first. */
static enum bearing borne(const struct element *e, struct msg *m, enum place place,
                          struct credentials *c, struct nonce *nonce, time_ns now)
{
    struct str realm = rights_realm(e, m);
    enum bearing bearing = BEARS_NONE;
    enum credentials_kind kind;
    for (struct hdr *line = NULL; (kind = credentials_next(m, borne_in(place), realm, &line, c));) {
        enum bearing this =
            kind == CREDENTIALS_FOUND ? judge(e, m, realm, c, nonce, now) : BEARS_IMPROPER;
        if (this > BEARS_STALE)
            return this;
        if (bearing == BEARS_NONE)
            bearing = this;
    }
    return bearing;
}

/* RFC 3261 8.2.2.2: the same request by another way is answered once. Else somebody repeats what he
 * heard, or a phone does not count. */
static void refuse_repeated(struct element *e, const struct engine_event *ev, enum place place,
                            struct str user, time_ns now)
{
    if (ev->merged) {
        answer(e, ev, 482, STR("Merged request"), STR_NONE, now);
        return;
    }
    note(e, NOTE_CHALLENGED, ev->msg, user);
    challenge(e, ev, place, true, now);
}

static void refuse(struct element *e, const struct engine_event *ev, enum place place,
                   enum bearing bearing, struct str user, time_ns now)
{
    if (bearing == BEARS_IMPROPER) {
        note(e, NOTE_BAD_MESSAGE, ev->msg, STR_NONE);
        answer_once(e, ev, 400, STR("Credentials that are improper"), STR_NONE, now);
    } else if (bearing == BEARS_REPEATED) {
        refuse_repeated(e, ev, place, user, now);
    } else {
        note(e, NOTE_CHALLENGED, ev->msg, STR_NONE);
        challenge(e, ev, place, bearing == BEARS_STALE, now);
    }
}

/* --- the account --- */

/* An unknown user is told from a wrong password by nobody: the sum is the same. The nonce is ours:
 * whoever failed does read what is sent to that address. */
static void failed(struct element *e, const struct admission *a, time_ns now)
{
    note(e, NOTE_AUTH_FAILED, a->event.msg, a->credentials.username);
    challenge(e, &a->event, a->place, false, now);
}

/* RFC 7616 3.5: in time for the next request, so that it needs no round of its own. */
static struct str next_nonce(const struct element *e, const struct admission *a,
                             char space[NONCE_LEN], time_ns now)
{
    const struct msg *m = a->event.msg;
    if (now - a->nonce.made < e->access.config.nonce_life / 2)
        return STR_NONE;
    nonce_make(e->access.nonces, rights_realm(e, a->event.msg), &m->flow.remote, now, space);
    return (struct str){space, NONCE_LEN};
}

static bool is_within(struct str bytes, struct str view)
{
    return view.at >= bytes.at && view.at + view.len <= bytes.at + bytes.len;
}

/* RFC 3325: a name that the message does not hold as it is, for its escapes, is not asserted. */
static struct asserted who_is(const struct msg *m, const struct credentials *c)
{
    if (!is_within(m->bytes, c->username) || !is_within(m->bytes, c->realm))
        return (struct asserted){0};
    return (struct asserted){c->username, c->realm};
}

static void let_in(struct element *e, const struct admission *a, const struct account *account,
                   time_ns now)
{
    char space[AUTH_INFO_BYTES], nonce[NONCE_LEN];
    struct buf info;
    const struct credentials *c = &a->credentials;
    buf_init(&info, space, sizeof space);
    note(e, NOTE_AUTH_OK, a->event.msg, c->username);
    if (a->place == PLACE_SELF &&
        !auth_info_print(&info, e->access.digester, c, account, next_nonce(e, a, nonce, now)))
        info.over = true;
    const struct grant grant = {STANDING_KNOWN, info.over ? STR_NONE : buf_str(&info),
                                who_is(a->event.msg, c)};
    dispatch_admitted(e, &a->event, &grant, now);
}

static void proved(struct element *e, const struct admission *a, const struct account *account,
                   time_ns now)
{
    const struct credentials *c = &a->credentials;
    struct msg *m = a->event.msg;
    if (a->is_counted)
        slow_give_back(e->access.slow, a->account, now);
    if (!nonce_use(e->access.nonces, &a->nonce, c->count) && !a->may_repeat) {
        refuse_repeated(e, &a->event, a->place, c->username, now);
        return;
    }
    slow_proved(e->access.slow, a->account, &m->flow.remote, now);
    if (!rights_of(e, m, a->place, c->username, c->realm)) {
        note(e, NOTE_FORBIDDEN, m, c->username);
        answer(e, &a->event, 403, STR("Not under this name"), STR_NONE, now);
    } else {
        let_in(e, a, account, now);
    }
}

static void verify(struct element *e, const struct admission *a, const struct account *account,
                   time_ns now)
{
    bool good;
    if (credentials_check(e->access.digester, &a->credentials, a->event.msg, account,
                          e->access.dummy, &good) != OK)
        answer(e, &a->event, 503, STR("No memory"), STR_NONE, now);
    else if (good)
        proved(e, a, account, now);
    else
        failed(e, a, now);
}

static int ask(struct element *e, pool_id id, struct str key)
{
    struct admission *a = pool_get(&e->admissions, id);
    const struct store_ask get = {.op = STORE_GET, .space = a->asked, .key = key};
    int rc = engine_own(e->engine, a->event.tx, OWNER_ADMISSION, id);
    return rc == OK ? engine_ask_store(e->engine, &get, OWNER_ADMISSION, id) : rc;
}

static void ask_or_refuse(struct element *e, pool_id id, struct str key, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, id);
    if (ask(e, id, key) != OK) {
        answer(e, &a->event, 503, STR("No memory"), STR_NONE, now);
        drop(e, id);
    }
}

/* Guesses at one account are looked at no faster from many addresses than from one. */
static bool may_guess(struct element *e, struct admission *a, time_ns now)
{
    if (slow_knows(e->access.slow, a->account, &a->event.msg->flow.remote, now))
        return true;
    a->is_counted = slow_take(e->access.slow, a->account, now);
    return a->is_counted;
}

static struct str key_of(const struct admission *a, char space[LIMIT_AOR_BYTES])
{
    struct buf key;
    buf_init(&key, space, LIMIT_AOR_BYTES);
    account_key(&key, a->credentials.username, a->credentials.realm);
    return key.over ? STR_NONE : buf_str(&key);
}

/* Whose name is too long for an account fails like any other. */
static void begin(struct element *e, pool_id id, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, id);
    char space[LIMIT_AOR_BYTES];
    struct str key = key_of(a, space);
    if (key.len == 0) {
        verify(e, a, NULL, now);
        drop(e, id);
        return;
    }
    a->account = slow_account(e->access.slow, key);
    a->asked = may_guess(e, a, now) ? STORE_ACCOUNTS : STORE_LOCATIONS;
    ask_or_refuse(e, id, key, now);
}

/* The account is slowed: its phones have bindings, everybody else fails after the same work as with
 * a wrong password, one record and one sum. */
static void located(struct element *e, pool_id id, struct str bindings, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, id);
    char space[LIMIT_AOR_BYTES];
    if (registrar_is_at(bindings, &a->event.msg->flow.remote, now)) {
        a->asked = STORE_ACCOUNTS;
        ask_or_refuse(e, id, key_of(a, space), now);
    } else {
        verify(e, a, NULL, now);
        drop(e, id);
    }
}

static void look_at(struct element *e, const struct engine_event *ev, const struct step *s,
                    time_ns now)
{
    pool_id id;
    enum place place = s->place;
    struct admission *a = pool_alloc(&e->admissions, &id);
    if (!a) {
        answer(e, ev, 503, STR("Too many requests wait"), STR_NONE, now);
        return;
    }
    a->event = *ev;
    a->place = place;
    msg_ref(ev->msg);
    enum bearing bearing = borne(e, ev->msg, place, &a->credentials, &a->nonce, now);
    a->may_repeat = bearing == BEARS_REPEATED && steer_would_pass(e, ev, s, now);
    if (bearing == BEARS_GOOD || a->may_repeat) {
        begin(e, id, now);
    } else {
        refuse(e, ev, place, bearing, a->credentials.username, now);
        drop(e, id);
    }
}

bool admit(struct element *e, const struct engine_event *ev, const struct step *s,
           struct grant *grant, time_ns now)
{
    bool required = e->access.config.required;
    *grant = (struct grant){.standing = required ? STANDING_LET_IN : STANDING_OPEN};
    if (!required || rights_let_in(e, ev->msg, s->place, s->view.marked))
        return true;
    if (msg_header(ev->msg, borne_in(s->place)))
        look_at(e, ev, s, now);
    else
        refuse(e, ev, s->place, BEARS_NONE, STR_NONE, now);
    return false;
}

static void found(struct element *e, pool_id id, struct str record, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, id);
    struct account account;
    verify(e, a, account_read(&account, record) ? &account : NULL, now);
    account_wipe(&account);
    drop(e, id);
}

void admit_stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, ev->user);
    if (!a)
        return;
    if (ev->store.status != STORE_OK) {
        answer(e, &a->event, 503, STR("Account store failed"), STR_NONE, now);
        drop(e, ev->user);
    } else if (a->asked == STORE_LOCATIONS) {
        located(e, ev->user, ev->store.value, now);
    } else {
        found(e, ev->user, ev->store.value, now);
    }
}

void admit_cancelled(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct admission *a = pool_get(&e->admissions, ev->other_user);
    if (!a)
        return;
    assert(a->event.tx == ev->other);
    answer(e, &a->event, 487, STR_NONE, STR_NONE, now);
    drop(e, ev->other_user);
}

void admit_forget(struct element *e, const struct engine_event *ev)
{
    if (pool_get(&e->admissions, ev->user))
        drop(e, ev->user);
}
