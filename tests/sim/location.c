/* The records behind an element's questions; a list, since a scenario has a handful of users. */
#include "sim/location.h"

#include <assert.h>
#include <stdlib.h>

#include "auth/account.h"
#include "element/forwards.h"
#include "sim/node.h"

struct sim_record {
    struct sim_record *next;
    uint64_t version;
    time_ns expires;
    size_t key_len, value_len;
    char *key, *value;
};

static char *copy(struct str s)
{
    char *at = malloc(s.len + 1);
    assert(at);
    if (s.len)
        memcpy(at, s.at, s.len);
    return at;
}

void location_init(struct sim_location *l)
{
    *l = (struct sim_location){.delay = NS_PER_MS};
}

void location_fini(struct sim_location *l)
{
    assert(!l->waiting);
    while (l->records) {
        struct sim_record *r = l->records;
        l->records = r->next;
        free(r->key);
        free(r->value);
        free(r);
    }
}

static struct sim_record *find(const struct sim_location *l, struct str key)
{
    for (struct sim_record *r = l->records; r; r = r->next)
        if (str_equal((struct str){r->key, r->key_len}, key))
            return r;
    return NULL;
}

struct str location_value(const struct sim_location *l, struct str key)
{
    const struct sim_record *r = find(l, key);
    return r ? (struct str){r->value, r->value_len} : STR_NONE;
}

static struct sim_record *find_or_add(struct sim_location *l, struct str key)
{
    struct sim_record *r = find(l, key);
    if (r)
        return r;
    r = calloc(1, sizeof(*r));
    assert(r);
    r->key = copy(key);
    r->key_len = key.len;
    r->next = l->records;
    l->records = r;
    return r;
}

static bool is_there(const struct sim_record *r, time_ns now)
{
    return r->value_len > 0 && r->expires > now;
}

/* --- what a question does --- */

struct question {
    struct node *from;
    uint64_t query;
    struct store_ask ask;
    char text[]; /* key and value */
};

static bool fails(const struct question *q)
{
    struct world *w = q->from->w;
    const struct sim_location *l = q->from->location;
    unsigned failures = q->ask.op == STORE_GET ? l->get_failures : l->put_failures;
    return world_chance(w, l->failures) || world_chance(w, failures) ||
           fault_hits(&w->fault, FAULT_STORE);
}

static void replace(struct sim_location *l, struct sim_record *r, const struct store_ask *ask)
{
    free(r->value);
    r->value = copy(ask->value);
    r->value_len = ask->value.len;
    r->version = ++l->last_version;
    r->expires = ask->expires;
}

static enum store_status apply(const struct question *q, struct sim_record *r, time_ns now)
{
    size_t len = is_there(r, now) ? r->value_len : 0;
    if (q->ask.op == STORE_GET)
        return STORE_OK;
    if (q->ask.version != (len ? r->version : 0))
        return STORE_CONFLICT;
    if (q->from->location->full && q->ask.value.len > len)
        return STORE_FAILED;
    replace(q->from->location, r, &q->ask);
    return STORE_OK;
}

/* --- in its time --- */

static void run_answer(struct world *w, struct sim_event *e)
{
    struct store_answer a = {.query = e->n,
                             .status = (enum store_status)e->side,
                             .version = (uint64_t)e->flow.conn,
                             .value = {e->bytes, e->len}};
    if (e->node->face->stored(e->node, &a) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

static void answer(const struct question *q, enum store_status status, const struct sim_record *r)
{
    struct world *w = q->from->w;
    size_t len = status != STORE_FAILED && is_there(r, node_now(q->from)) ? r->value_len : 0;
    struct sim_event *e = world_event(w, w->now, len, run_answer);
    e->node = q->from;
    e->n = q->query;
    e->side = status;
    e->flow.conn = len ? r->version : 0;
    if (len)
        memcpy(e->bytes, r->value, len);
}

/* --- a writer that lags: a write is seen at once, and told when the commit has made it last --- */

struct sim_write {
    struct sim_write *next; /* made before it */
    struct question *question;
    struct sim_record *record;
    uint64_t version;
    struct sim_record before; /* its own copy of the value */
};

static void drop_write(struct sim_write *x)
{
    free(x->before.value);
    free(x->question);
    free(x);
}

static void undo(struct sim_write *x)
{
    struct sim_record *r = x->record;
    free(r->value);
    r->value = x->before.value;
    r->value_len = x->before.value_len;
    r->version = x->before.version;
    r->expires = x->before.expires;
    x->before.value = NULL;
}

static void answer_write(const struct sim_write *x, enum store_status status)
{
    struct world *w = x->question->from->w;
    struct sim_event *e = world_event(w, w->now, 0, run_answer);
    e->node = x->question->from;
    e->n = x->question->query;
    e->side = status;
    e->flow.conn = status == STORE_OK ? x->version : 0;
}

/* All that waits lasts, or nothing does: then the youngest is undone first. */
static void end_commit(struct sim_location *l, bool lasts, bool told)
{
    while (l->waiting) {
        struct sim_write *x = l->waiting;
        l->waiting = x->next;
        if (!lasts)
            undo(x);
        if (told)
            answer_write(x, lasts ? STORE_OK : STORE_FAILED);
        drop_write(x);
    }
}

static void run_commit(struct world *w, struct sim_event *e)
{
    struct sim_location *l = e->node->location;
    bool failed = world_chance(w, l->failures) || world_chance(w, l->put_failures) ||
                  fault_hits(&w->fault, FAULT_STORE);
    end_commit(l, !failed, true);
}

static void forget_commit(struct sim_event *e)
{
    end_commit(e->node->location, world_chance(e->node->w, 500), false);
}

/* Before it is applied. */
static struct sim_write *write_new(struct question *q, struct sim_record *r)
{
    struct sim_write *x = calloc(1, sizeof(*x));
    assert(x);
    *x = (struct sim_write){.question = q, .record = r, .before = *r};
    x->before.value = copy((struct str){r->value, r->value_len});
    return x;
}

static void wait_for_commit(struct sim_location *l, struct sim_write *x)
{
    struct node *from = x->question->from;
    struct world *w = from->w;
    x->version = x->record->version;
    x->next = l->waiting;
    l->waiting = x;
    if (x->next)
        return;
    struct sim_event *e = world_event(w, w->now + world_below(w, l->commit_max + 1), 0, run_commit);
    e->node = from;
    e->forget = forget_commit;
}

static void do_question(struct question *q)
{
    struct sim_location *l = q->from->location;
    struct sim_record *r = find_or_add(l, q->ask.key);
    struct sim_write *x = q->ask.op == STORE_PUT && l->commit_max ? write_new(q, r) : NULL;
    enum store_status status = apply(q, r, node_now(q->from));
    if (x && status == STORE_OK) {
        wait_for_commit(l, x);
        return;
    }
    answer(q, status, r);
    if (x)
        drop_write(x);
    else
        free(q);
}

static void run_question(struct world *w, struct sim_event *e)
{
    (void)w;
    struct question *q = e->arg;
    if (!fails(q)) {
        do_question(q);
        return;
    }
    answer(q, STORE_FAILED, NULL);
    free(q);
}

static void forget_question(struct sim_event *e)
{
    struct question *q = e->arg;
    if (world_chance(q->from->w, 500) && !fails(q))
        (void)apply(q, find_or_add(q->from->location, q->ask.key), node_now(q->from));
    free(q);
}

static struct str put(char *at, struct str s)
{
    if (s.len)
        memcpy(at, s.at, s.len);
    return (struct str){at, s.len};
}

/* In front of an account's key: those of locations are URIs. */
#define ACCOUNT_MARK "account "

static struct question *question_new(struct node *from, uint64_t query, const struct store_ask *ask)
{
    struct str mark = ask->space == STORE_ACCOUNTS ? STR(ACCOUNT_MARK) : STR_NONE;
    struct question *q = malloc(sizeof(*q) + mark.len + ask->key.len + ask->value.len);
    assert(q);
    *q = (struct question){.from = from, .query = query, .ask = *ask};
    q->ask.key = put(q->text, mark);
    q->ask.key.len += put(q->text + mark.len, ask->key).len;
    q->ask.value = put(q->text + q->ask.key.len, ask->value);
    return q;
}

void location_put_account(struct sim_location *l, const char *user, const char *domain,
                          const char *password)
{
    char key[LIMIT_AOR_BYTES + sizeof ACCOUNT_MARK], record[ACCOUNT_MAX_BYTES];
    struct digester *d = digester_new(&mem_libc);
    struct account a;
    struct buf k, r;
    assert(d);
    int err = account_make(&a, d, str_from(user), str_from(domain), str_from(password));
    assert(!err);
    (void)err;
    buf_init(&k, key, sizeof key);
    buf_init(&r, record, sizeof record);
    buf_put_lit(&k, ACCOUNT_MARK);
    account_key(&k, a.user, a.realm);
    account_write(&r, &a);
    assert(!k.over && !r.over);
    replace(l, find_or_add(l, buf_str(&k)),
            &(struct store_ask){.value = buf_str(&r), .expires = TIME_NEVER});
    digester_free(d);
}

void location_put_forwards(struct sim_location *l, const char *aor, const struct forwards *f)
{
    char user[LIMIT_AOR_BYTES], key[LIMIT_AOR_BYTES + 16], record[FORWARDS_BYTES];
    struct buf u, k, r;
    struct uri uri;
    struct msg_error err;
    bool good = uri_parse(str_from(aor), &uri, &err);
    buf_init(&u, user, sizeof user);
    buf_init(&k, key, sizeof key);
    buf_init(&r, record, sizeof record);
    registrar_key(&u, &uri);
    forwards_key(&k, buf_str(&u));
    forwards_write(&r, f);
    assert(good && !u.over && !k.over && !r.over);
    (void)good;
    replace(l, find_or_add(l, buf_str(&k)),
            &(struct store_ask){.value = buf_str(&r), .expires = TIME_NEVER});
}

void location_ask(struct sim_location *l, struct node *from, uint64_t query,
                  const struct store_ask *ask)
{
    struct world *w = from->w;
    time_ns more = l->delay_max > l->delay ? world_below(w, l->delay_max - l->delay + 1) : 0;
    struct sim_event *e = world_event(w, w->now + l->delay + more, 0, run_question);
    e->node = from;
    e->arg = question_new(from, query, ask);
    e->forget = forget_question;
}

static int find_listener(void *arg, enum transport transport, const struct addr *local)
{
    const struct node *n = arg;
    return transport == TRANSPORT_UDP && addr_equal(local, &n->addr) ? LISTENER_UDP : -1;
}

void location_restart(struct sim_location *l, const struct node *n)
{
    for (struct sim_record *r = l->records; r; r = r->next)
        registrar_restart(r->value, r->value_len, find_listener, (void *)(uintptr_t)n);
}
