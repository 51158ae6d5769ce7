/* Owns what an account does by dialling a code: it sets its forwards, or logs in to groups and out.
 * The server has no voice to say so: an INVITE that took effect is refused with a 480 whose phrase
 * and Warning do; a MESSAGE gets a 200. */
#include "base/shelf.h"
#include "element/forwards.h"
#include "element/parts.h"

#define FORWARD_RING_S 20
#define SAID_MAX 160

enum dial_kind { DIAL_FORWARD, DIAL_FORWARD_OFF, DIAL_FORWARDS_OFF, DIAL_LOGIN, DIAL_LOGOUT };

struct features {
    struct mem *mem;
    struct shelf *shelf;
    struct feature_codes codes;
};

/* One code that was dialled, while the store is asked. */
struct dial {
    enum dial_kind kind;
    enum forward_when when;
    struct engine_event event; /* its message is our reference */
    unsigned group;            /* whose record is asked for, by its place */
    bool all;                  /* of all groups that it is a member of */
    bool any;                  /* one was changed */
    bool written;              /* it is being written; else read */
    unsigned tries;
    size_t who_len, to_len;
    char who[LIMIT_AOR_BYTES];  /* the account's key */
    char to[LIMIT_FORWARD_URI]; /* a URI, or a group's key */
};

/* --- the codes --- */

static bool keep(struct shelf *shelf, struct str *code)
{
    struct str text = *code;
    return text.len == 0 || shelf_keep(shelf, text, code);
}

static bool keep_all(struct features *f)
{
    struct feature_codes *c = &f->codes;
    bool good =
        keep(f->shelf, &c->forwards_off) && keep(f->shelf, &c->login) && keep(f->shelf, &c->logout);
    for (unsigned i = 0; i < N_FORWARDS && good; i++)
        good = keep(f->shelf, &c->forward[i]) && keep(f->shelf, &c->forward_off[i]);
    return good;
}

static bool is_any(const struct feature_codes *c)
{
    bool any = c->forwards_off.len > 0 || c->login.len > 0 || c->logout.len > 0;
    for (unsigned i = 0; i < N_FORWARDS; i++)
        any = any || c->forward[i].len > 0 || c->forward_off[i].len > 0;
    return any;
}

struct features *features_new(struct mem *mem, const struct feature_codes *codes, int *err)
{
    *err = OK;
    if (!codes || !is_any(codes))
        return NULL;
    struct features *f = mem_alloc_zero(mem, sizeof *f);
    if (f)
        *f = (struct features){.mem = mem, .shelf = shelf_new(mem), .codes = *codes};
    if (f && f->shelf && keep_all(f))
        return f;
    features_free(f);
    *err = ERR_NOMEM;
    return NULL;
}

void features_free(struct features *f)
{
    if (!f)
        return;
    shelf_free(f->shelf);
    mem_free(f->mem, f, sizeof *f);
}

/* The longest code that the user begins with; one that takes nothing behind it is the whole user.
 */
struct match {
    struct str user, rest;
    size_t len;
    struct dial *dial;
};

static void try(struct match *m, struct str code, bool takes_rest, enum dial_kind kind,
                enum forward_when when)
{
    bool fits = code.len > m->len && str_equal(str_slice(m->user, 0, code.len), code) &&
                (takes_rest || code.len == m->user.len);
    if (!fits)
        return;
    m->len = code.len;
    m->rest = str_slice(m->user, code.len, m->user.len);
    m->dial->kind = kind;
    m->dial->when = when;
}

static bool read_code(const struct features *f, struct match *m)
{
    const struct feature_codes *c = &f->codes;
    for (unsigned i = 0; i < N_FORWARDS; i++) {
        try(m, c->forward[i], true, DIAL_FORWARD, (enum forward_when)i);
        try(m, c->forward_off[i], false, DIAL_FORWARD_OFF, (enum forward_when)i);
    }
    try(m, c->forwards_off, false, DIAL_FORWARDS_OFF, N_FORWARDS);
    try(m, c->login, true, DIAL_LOGIN, N_FORWARDS);
    try(m, c->logout, true, DIAL_LOGOUT, N_FORWARDS);
    return m->len > 0;
}

/* --- what is said --- */

static void say(struct element *e, const struct dial *d, unsigned refusal, struct str what,
                time_ns now)
{
    char space[SAID_MAX + 128];
    struct buf lines;
    bool message = d->event.msg->method == METHOD_MESSAGE;
    const struct listener *l = engine_listener(e->engine, d->event.msg->flow.listener);
    buf_init(&lines, space, sizeof space);
    /* RFC 3261 20.43: 399 is for a human user */
    buf_put_lit(&lines, "Warning: 399 ");
    buf_put(&lines, l ? l->host : STR("tandem"));
    buf_put_lit(&lines, " \"");
    buf_put(&lines, what);
    buf_put_lit(&lines, "\"\r\n");
    answer(e, &d->event,
           refusal   ? refusal
           : message ? 200
                     : 480,
           what, lines.over ? STR_NONE : buf_str(&lines), now);
}

static struct str done_text(const struct dial *d)
{
    switch (d->kind) {
    case DIAL_FORWARD:
        return STR("Forwarding is on");
    case DIAL_FORWARD_OFF:
    case DIAL_FORWARDS_OFF:
        return STR("Forwarding is off");
    case DIAL_LOGIN:
        return STR("Logged in");
    case DIAL_LOGOUT:
        break;
    }
    return STR("Logged out");
}

/* --- the records --- */

static struct str who_of(const struct dial *d)
{
    return (struct str){d->who, d->who_len};
}

static bool is_of_groups(const struct dial *d)
{
    return d->kind == DIAL_LOGIN || d->kind == DIAL_LOGOUT;
}

/* The next group that is meant and that it is a member of. NULL: there is none. */
static const struct group *group_of(const struct element *e, struct dial *d)
{
    const struct group *g;
    const struct group *named = groups_find(e->groups, (struct str){d->to, d->to_len});
    for (; (g = groups_at(e->groups, d->group)); d->group++)
        if ((d->all || g == named) && group_member_of(g, who_of(d)) < g->n)
            return g;
    return NULL;
}

static int ask(struct element *e, struct dial *d, pool_id id, struct str value, uint64_t version)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    buf_init(&key, space, sizeof space);
    if (is_of_groups(d))
        group_record_key(&key, group_of(e, d));
    else
        forwards_key(&key, who_of(d));
    const struct store_ask ask = {.op = d->written ? STORE_PUT : STORE_GET,
                                  .key = buf_str(&key),
                                  .value = value,
                                  .version = version,
                                  .expires = TIME_NEVER};
    return engine_ask_store(e->engine, &ask, OWNER_FEATURE, id);
}

static void put_forwards(struct buf *b, struct str record, const struct dial *d)
{
    struct forwards f;
    if (!forwards_read(record, &f) || d->kind == DIAL_FORWARDS_OFF)
        f = (struct forwards){0};
    if (d->when < N_FORWARDS)
        f.to[d->when] = d->kind == DIAL_FORWARD ? (struct str){d->to, d->to_len} : STR_NONE;
    if (d->kind == DIAL_FORWARD && d->when == FORWARD_NO_ANSWER)
        f.no_answer_s = FORWARD_RING_S;
    forwards_write(b, &f);
}

/* False: there is no memory. */
static bool write_back(struct element *e, struct dial *d, pool_id id,
                       const struct store_answer *found)
{
    char text[GROUP_RECORD_BYTES > FORWARDS_BYTES ? GROUP_RECORD_BYTES : FORWARDS_BYTES];
    struct buf b;
    buf_init(&b, text, sizeof text);
    if (is_of_groups(d))
        group_record_change(&b, found->value, who_of(d), d->kind == DIAL_LOGIN);
    else
        put_forwards(&b, found->value, d);
    d->written = true;
    return ask(e, d, id, buf_str(&b), found->version) == OK;
}

static void drop(struct element *e, pool_id id)
{
    struct dial *d = pool_get(&e->dials, id);
    msg_unref(engine_blocks(e->engine), d->event.msg);
    pool_free(&e->dials, id);
}

static void end(struct element *e, pool_id id, unsigned refusal, struct str what, time_ns now)
{
    say(e, pool_get(&e->dials, id), refusal, what, now);
    drop(e, id);
}

/* This record is changed; another one, where there is one. */
static void go_on(struct element *e, struct dial *d, pool_id id, time_ns now)
{
    d->any = true;
    d->written = false;
    d->tries = 0;
    d->group++;
    if (is_of_groups(d) && group_of(e, d) && ask(e, d, id, STR_NONE, 0) == OK)
        return;
    end(e, id, 0, done_text(d), now);
}

void feature_stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct dial *d = pool_get(&e->dials, ev->user);
    if (!d)
        return;
    bool gone = is_of_groups(d) && !group_of(e, d); /* by another configuration */
    if (gone || ev->store.status == STORE_FAILED ||
        (ev->store.status == STORE_CONFLICT && ++d->tries == LIMIT_STORE_TRIES))
        end(e, ev->user, 500, STR("The store failed"), now);
    else if (d->written && ev->store.status == STORE_OK)
        go_on(e, d, ev->user, now);
    else if (!write_back(e, d, ev->user, &ev->store))
        end(e, ev->user, 503, STR("No memory"), now);
}

void feature_cancelled(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct dial *d = pool_get(&e->dials, ev->other_user);
    if (!d)
        return;
    answer(e, &d->event, 487, STR_NONE, STR_NONE, now);
    drop(e, ev->other_user);
}

void feature_forget(struct element *e, const struct engine_event *ev)
{
    if (pool_get(&e->dials, ev->user))
        drop(e, ev->user);
}

void features_init(struct element *e)
{
    pool_init(&e->dials, e->mem, sizeof(struct dial), LIMIT_ADMISSIONS_PENDING);
}

void features_fini(struct element *e)
{
    uint32_t cursor = 0;
    pool_id id;
    while (pool_each(&e->dials, &cursor, &id))
        drop(e, id);
    pool_fini(&e->dials);
}

/* --- a request --- */

/* Who dials: the account, or, where nobody needs one, whoever From says. */
static bool read_who(const struct element *e, const struct engine_event *ev,
                     const struct grant *grant, struct dial *d)
{
    struct buf key;
    struct uri aor;
    const struct nameaddr *from = msg_from(ev->msg);
    buf_init(&key, d->who, sizeof d->who);
    if (grant->standing == STANDING_KNOWN && grant->who.user.len > 0)
        account_key(&key, grant->who.user, grant->who.domain);
    else if (!e->access.config.required && from && home_has(e, &from->uri, &aor) &&
             aor.user.len > 0)
        registrar_key(&key, &aor);
    d->who_len = key.len;
    return key.len > 0 && !key.over;
}

/* RFC 3261 21.4.22: the number is missing or short. */
static unsigned read_rest(const struct element *e, struct dial *d, struct str rest,
                          const struct uri *aor)
{
    struct buf to;
    d->all = rest.len == 0;
    if (rest.len == 0)
        return d->kind == DIAL_FORWARD ? 484 : 0;
    buf_init(&to, d->to, sizeof d->to);
    buf_put_lit(&to, "sip:");
    buf_put(&to, rest);
    buf_put_char(&to, '@');
    buf_put(&to, aor->host);
    d->to_len = to.len;
    if (to.over || !forward_is_uri(buf_str(&to)))
        return 404;
    if (d->kind == DIAL_FORWARD && str_equal(buf_str(&to), who_of(d)))
        return 482;
    return is_of_groups(d) && !groups_find(e->groups, buf_str(&to)) ? 404 : 0;
}

static void begin(struct element *e, const struct engine_event *ev, const struct dial *what,
                  time_ns now)
{
    pool_id id;
    struct dial *d = pool_alloc(&e->dials, &id);
    if (!d) {
        answer(e, ev, 503, STR("No memory"), STR_NONE, now);
        return;
    }
    *d = *what;
    msg_ref(ev->msg);
    proxy_trying(e->proxy, ev, now);
    if (engine_own(e->engine, ev->tx, OWNER_FEATURE, id) != OK || ask(e, d, id, STR_NONE, 0) != OK)
        end(e, id, 503, STR("No memory"), now);
}

bool feature_dialled(struct element *e, const struct engine_event *ev, const struct step *s,
                     const struct grant *grant, time_ns now)
{
    char user[LIMIT_AOR_BYTES];
    struct buf b;
    struct dial d = {.event = *ev};
    const struct nameaddr *to = msg_to(ev->msg);
    bool fits = ev->msg->method == METHOD_INVITE || ev->msg->method == METHOD_MESSAGE;
    if (!e->features || ev->kind != EVENT_REQUEST || !fits || s->routed || (to && to->tag.len > 0))
        return false;
    buf_init(&b, user, sizeof user);
    uri_unescape(&b, s->aor.user);
    struct match m = {.user = buf_str(&b), .dial = &d};
    if (b.over || !read_code(e->features, &m))
        return false;
    if (ev->merged) { /* RFC 3261 8.2.2.2 */
        answer(e, ev, 482, STR_NONE, STR_NONE, now);
        return true;
    }
    unsigned refusal = read_who(e, ev, grant, &d) ? read_rest(e, &d, m.rest, &s->aor) : 403;
    if (refusal)
        answer(e, ev, refusal, STR_NONE, STR_NONE, now);
    else if (is_of_groups(&d) && !group_of(e, &d))
        say(e, &d, 403, STR("Not a member of that group"), now);
    else
        begin(e, ev, &d, now);
    return true;
}
