/* Owns the REGISTERs that wait for the store: reads a record, decides, writes it back under its
 * version, decides anew where another was faster. Knows no rule of contacts and no record's form.
 */
#include "registrar/registrar.h"

#include <assert.h>

#include "registrar/answer.h"
#include "registrar/bindings.h"
#include "registrar/flows.h"

struct pending {
    tx_id tx;
    struct msg *msg;    /* our reference */
    struct block *path; /* its Path values in one line; NULL: none */
    struct block *info; /* lines that its 200 bears; NULL: none */
    struct block *ok;   /* the 200's headers, once the store confirms what was written; NULL: the
                           record is being read */
    unsigned tries;
    bool watched;  /* its connection's end will be known */
    bool is_alone; /* its user had no phone, or will have none */
    struct wishes wishes;
    struct wish only;   /* its list, where it is one … */
    struct block *many; /* … and where it is more; NULL: it is not */
    uint16_t key_len;
    char key[LIMIT_AOR_BYTES];
};

struct registrar {
    struct engine *engine;
    struct registrar_config config;
    struct pool pending;
    struct flows flows;
    struct str routes[LIMIT_SERVICE_ROUTE]; /* of the configuration, with their text: ours */
    char route_text[LIMIT_SERVICE_ROUTE * LIMIT_REALM_BYTES];
};

/* RFC 3261 10.3 step 7 has 500; a full disk passes, and 503 says when to come back. */
static const struct refusal store_failed = {503, STR_INIT("Location store failed")};
static const struct refusal no_memory = {503, STR_INIT("No memory")};

/* What does not fit is no host's name. */
static void keep_config(struct registrar *r, const struct registrar_config *config)
{
    struct buf text;
    size_t n = 0;
    buf_init(&text, r->route_text, sizeof r->route_text);
    for (size_t i = 0; i < config->n_service_route && n < LIMIT_SERVICE_ROUTE; i++) {
        struct str host = config->service_route[i];
        r->routes[n] = (struct str){text.at + text.len, host.len};
        buf_put(&text, host);
        n += !text.over;
    }
    r->config = *config;
    r->config.service_route = r->routes;
    r->config.n_service_route = n;
    if (r->config.max_contacts > LIMIT_BINDINGS)
        r->config.max_contacts = LIMIT_BINDINGS;
}

struct registrar *registrar_new(struct engine *e, const struct registrar_config *config)
{
    struct registrar *r = mem_alloc_zero(engine_mem(e), sizeof *r);
    if (!r)
        return NULL;
    r->engine = e;
    keep_config(r, config);
    pool_init(&r->pending, engine_mem(e), sizeof(struct pending), LIMIT_REGISTER_PENDING);
    if (flows_init(&r->flows, e, config->owner) != OK) {
        registrar_free(r);
        return NULL;
    }
    return r;
}

void registrar_reconfigure(struct registrar *r, const struct registrar_config *config)
{
    const struct registrar_config old = r->config;
    keep_config(r, config);
    r->config.owner = old.owner;
    r->config.key = old.key;
}

static void pending_drop(struct registrar *r, pool_id id)
{
    struct pending *p = pool_get(&r->pending, id);
    block_unref(engine_blocks(r->engine), p->ok);
    block_unref(engine_blocks(r->engine), p->path);
    block_unref(engine_blocks(r->engine), p->info);
    block_unref(engine_blocks(r->engine), p->many);
    msg_unref(engine_blocks(r->engine), p->msg);
    pool_free(&r->pending, id);
}

void registrar_free(struct registrar *r)
{
    if (!r)
        return;
    uint32_t cursor = 0;
    pool_id id;
    while (pool_each(&r->pending, &cursor, &id))
        pending_drop(r, id);
    pool_fini(&r->pending);
    flows_fini(&r->flows);
    mem_free(engine_mem(r->engine), r, sizeof *r);
}

const struct hash_key *registrar_secret(const struct registrar *r)
{
    return &r->config.key;
}

size_t registrar_pending(const struct registrar *r)
{
    return r->pending.live;
}

static int refuse(struct registrar *r, tx_id tx, struct refusal why, time_ns now)
{
    return answer_refusal(r->engine, tx, why, &r->config, now);
}

/* The last answer to a pending REGISTER. */
static int finish(struct registrar *r, pool_id id, struct refusal why, time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    tx_id tx = p->tx;
    pending_drop(r, id);
    return refuse(r, tx, why, now);
}

static struct str pending_path(const struct pending *p)
{
    return p->path ? block_str(p->path) : STR_NONE;
}

static struct str gruus_of(const struct pending *p)
{
    return p->wishes.gruu_asked ? (struct str){p->key, p->key_len} : STR_NONE;
}

/* RFC 6223 5: the same as Flow-Timer says, where that is there. */
static uint16_t keep_of(const struct registrar *r, const struct msg *m)
{
    if (r->config.flow_timer_s > 0)
        return (uint16_t)r->config.flow_timer_s;
    return transport_is_reliable(m->flow.transport) ? LIMIT_KEEP_STREAMS_S : LIMIT_KEEP_DATAGRAMS_S;
}

static struct block *print_ok(struct registrar *r, const struct pending *p,
                              const struct bindings *all, time_ns now)
{
    const struct extras extras = {.path = p->wishes.path_asked ? pending_path(p) : STR_NONE,
                                  .info = p->info ? block_str(p->info) : STR_NONE,
                                  .service_route = r->config.service_route,
                                  .n_service_route = r->config.n_service_route,
                                  .outbound = p->wishes.outbound && p->wishes.outbound_asked,
                                  .flow_timer_s = r->config.flow_timer_s,
                                  .gruu = {.key = &r->config.key, .aor = gruus_of(p)}};
    return answer_print_ok(engine_blocks(r->engine), all, &extras, now);
}

static int finish_ok(struct registrar *r, pool_id id, time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    const struct reply reply = {.status = 200, .headers = block_str(p->ok)};
    p->msg->keep_s = keep_of(r, p->msg);
    if (engine_reply(r->engine, p->tx, &reply, now) == ERR_NOMEM)
        return finish(r, id, no_memory, now);
    pending_drop(r, id);
    return OK;
}

/* Nothing changes. */
static int tell(struct registrar *r, pool_id id, const struct bindings *all, time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    p->ok = print_ok(r, p, all, now);
    return p->ok ? finish_ok(r, id, now) : finish(r, id, no_memory, now);
}

/* --- the request --- */

static bool is_aor(const struct nameaddr *to)
{
    return to && (to->uri.scheme == URI_SIP || to->uri.scheme == URI_SIPS);
}

/* A copy of what is wished. False: no memory. */
static bool keep_wishes(struct registrar *r, struct pending *p, const struct wishes *w)
{
    p->wishes = *w;
    p->wishes.list = &p->only;
    if (w->n > 1) {
        p->many = block_new(engine_blocks(r->engine), w->n * sizeof *w->list);
        if (!p->many)
            return false;
        p->wishes.list = (void *)p->many->bytes;
    }
    memcpy(p->wishes.list, w->list, w->n * sizeof *w->list);
    return true;
}

/* RFC 3261 8.2.2 and 10.3 steps 2, 5, 6 and what step 7 says of the request alone. */
static struct refusal judge(struct registrar *r, struct pending *p, const struct uri *aor)
{
    struct wish list[LIMIT_REGISTER_CONTACTS];
    struct wishes wishes;
    if (!is_aor(msg_to(p->msg)))
        return (struct refusal){400, STR("To is not a SIP URI")};
    if (!aor || !aor->user.at || aor->user.len == 0)
        return (struct refusal){404, STR("No user of this domain")};
    struct refusal why = request_read(p->msg, &r->config, list, &wishes);
    return why.status || keep_wishes(r, p, &wishes) ? why : no_memory;
}

static bool keep_key(struct pending *p, const struct uri *aor)
{
    struct buf key;
    buf_init(&key, p->key, sizeof p->key);
    registrar_key(&key, aor);
    p->key_len = (uint16_t)key.len;
    return !key.over;
}

/* RFC 5627 5.1: a phone that names itself by an instance is somewhere else than where its user is.
 */
static struct refusal judge_instances(struct registrar *r, const struct pending *p)
{
    const struct gruu_maker maker = {.key = &r->config.key, .aor = {p->key, p->key_len}};
    for (size_t i = 0; i < p->wishes.n; i++) {
        const struct wish *w = &p->wishes.list[i];
        const struct uri *uri = &w->contact->uri;
        if (w->expires_s == 0 || w->instance.len == 0)
            continue;
        if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
            return (struct refusal){403, STR("Contact is not a SIP URI")};
        if (gruu_leads_back(&maker, uri))
            return (struct refusal){403, STR("Contact is the user himself")};
    }
    return (struct refusal){0};
}

static bool keep_path(struct registrar *r, struct pending *p)
{
    if (!msg_header(p->msg, HDR_PATH))
        return true;
    size_t size = p->msg->head_len;
    p->path = block_new(engine_blocks(r->engine), size);
    if (!p->path)
        return false;
    struct buf b;
    buf_init(&b, p->path->bytes, size);
    request_print_path(&b, p->msg);
    assert(!b.over);
    p->path->len = (uint32_t)b.len;
    return true;
}

static bool keep_info(struct registrar *r, struct pending *p, struct str info)
{
    if (info.len == 0)
        return true;
    p->info = block_new(engine_blocks(r->engine), info.len);
    if (!p->info)
        return false;
    memcpy(p->info->bytes, info.at, info.len);
    p->info->len = (uint32_t)info.len;
    return true;
}

/* RFC 5626 7: by which connection the phone is reached has to be known when that ends. */
static void watch(struct registrar *r, struct pending *p)
{
    const struct flow *flow = &p->msg->flow;
    p->watched = p->wishes.n > 0 && transport_is_reliable(flow->transport) && flow->conn != 0 &&
                 flows_watch(&r->flows, flow->conn, (struct str){p->key, p->key_len});
}

static int ask(struct registrar *r, pool_id id, const struct store_ask *question)
{
    return engine_ask_store(r->engine, question, r->config.owner, id);
}

static int begin(struct registrar *r, const struct engine_event *ev, const struct uri *aor,
                 pool_id id, time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    p->tx = ev->tx;
    p->msg = msg_ref(ev->msg);
    struct refusal why = judge(r, p, aor);
    if (!why.status && !keep_key(p, aor))
        why = (struct refusal){404, STR("No user of this domain")};
    if (!why.status)
        why = judge_instances(r, p);
    if (why.status)
        return finish(r, id, why, now);
    struct store_ask get = {.op = STORE_GET, .key = {p->key, p->key_len}};
    if (!keep_path(r, p) || engine_own(r->engine, p->tx, r->config.owner, id) != OK ||
        ask(r, id, &get) != OK)
        return finish(r, id, no_memory, now);
    watch(r, p);
    return OK;
}

int registrar_request(struct registrar *r, const struct engine_event *ev, const struct uri *aor,
                      struct str info, time_ns now)
{
    char space[1024];
    struct buf tags;
    pool_id id;
    assert(ev->kind == EVENT_REQUEST);
    if (ev->merged)
        return refuse(r, ev->tx, (struct refusal){.status = 482}, now);
    buf_init(&tags, space, sizeof space);
    if (request_unsupported(ev->msg, &tags))
        return answer_unsupported(r->engine, ev->tx, buf_str(&tags), now);
    struct pending *p = pool_alloc(&r->pending, &id);
    if (!p)
        return refuse(r, ev->tx, (struct refusal){503, STR("Too many registrations wait")}, now);
    if (!keep_info(r, p, info)) {
        pending_drop(r, id);
        return ERR_NOMEM;
    }
    return begin(r, ev, aor, id, now);
}

/* --- the store's answers --- */

static int write_back(struct registrar *r, pool_id id, struct bindings *all, uint64_t version,
                      time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    bool too_large;
    struct block *record = record_write(engine_blocks(r->engine), all, &too_large);
    if (!record) {
        struct refusal large = {403, STR("Registration too large")};
        return finish(r, id, too_large ? large : no_memory, now);
    }
    struct store_ask put = {.op = STORE_PUT,
                            .key = {p->key, p->key_len},
                            .value = block_str(record),
                            .version = version,
                            .expires = record_end(all, now)};
    p->ok = print_ok(r, p, all, now);
    bool asked = p->ok && ask(r, id, &put) == OK;
    block_unref(engine_blocks(r->engine), record);
    return asked ? OK : finish(r, id, no_memory, now);
}

/* RFC 3261 10.3 steps 6 to 8 on the record as it is. */
static int decide(struct registrar *r, pool_id id, const struct store_answer *found, time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    struct bindings old, all;
    bool changed;
    record_read(found->value, now, &old);
    if (!p->wishes.star && p->wishes.n == 0)
        return tell(r, id, &old, now);
    struct arrival at = {
        .flow = &p->msg->flow, .via = msg_via(p->msg), .path = pending_path(p), .now = now};
    struct refusal why =
        bindings_apply(&old, &p->wishes, &at, r->config.max_contacts, &all, &changed);
    if (why.status)
        return finish(r, id, why, now);
    if (!changed)
        return tell(r, id, &old, now);
    p->is_alone = old.n == 0 || all.n == 0;
    return write_back(r, id, &all, found->version, now);
}

/* Another request changed the record meanwhile: what we wrote does not count. */
static int decide_anew(struct registrar *r, pool_id id, const struct store_answer *found,
                       time_ns now)
{
    struct pending *p = pool_get(&r->pending, id);
    block_unref(engine_blocks(r->engine), p->ok);
    p->ok = NULL;
    if (++p->tries == LIMIT_STORE_TRIES)
        return finish(r, id, (struct refusal){500, STR("Record changes too often")}, now);
    return decide(r, id, found, now);
}

static int confirmed(struct registrar *r, pool_id id, time_ns now, struct registrar_effect *out)
{
    struct pending *p = pool_get(&r->pending, id);
    if (p->watched)
        flows_made(&r->flows, p->msg->flow.conn, (struct str){p->key, p->key_len});
    if (out) {
        out->request = msg_ref(p->msg);
        out->is_alone = p->is_alone;
        out->key_len = p->key_len;
        memcpy(out->key, p->key, p->key_len);
    }
    return finish_ok(r, id, now);
}

int registrar_stored(struct registrar *r, const struct engine_event *ev, time_ns now,
                     struct registrar_effect *out)
{
    assert(ev->kind == EVENT_STORE);
    if (out)
        out->request = NULL;
    if (ev->user & FLOW_BIT) {
        flows_stored(&r->flows, ev, now);
        return OK;
    }
    struct pending *p = pool_get(&r->pending, ev->user);
    if (!p)
        return ERR_STALE;
    switch (ev->store.status) {
    case STORE_OK:
        return p->ok ? confirmed(r, ev->user, now, out) : decide(r, ev->user, &ev->store, now);
    case STORE_CONFLICT:
        return decide_anew(r, ev->user, &ev->store, now);
    case STORE_FAILED:
        break;
    }
    return finish(r, ev->user, store_failed, now);
}

void registrar_flow_ended(struct registrar *r, conn_id conn)
{
    flows_ended(&r->flows, conn);
}

void registrar_unanswered(struct registrar *r, struct str key, const struct flow *flow,
                          time_ns expires)
{
    flows_failed(&r->flows, key, flow, expires);
}

int registrar_forget(struct registrar *r, const struct engine_event *ev)
{
    if (!pool_get(&r->pending, ev->user))
        return ERR_STALE;
    pending_drop(r, ev->user);
    return OK;
}
