/* Owns the composition: an engine, its roles, and the draining of events after each input. Knows no
 * rule of any of them. */
#include "element/element.h"

#include "element/hunt.h"

#define DEFAULT_MIN_EXPIRES_S 60
#define DEFAULT_MAX_EXPIRES_S 7200
#define DEFAULT_EXPIRES_S 3600
#define DEFAULT_CONTACTS 10
#define DEFAULT_NONCE_LIFE (300 * NS_PER_S)
#define OWN_LOADS 64                     /* peers that are counted where nobody else has loads */
#define DEFAULT_TIMER_C (181 * NS_PER_S) /* RFC 3261 16.6 step 11 */

void element_config_default(struct element_config *c)
{
    *c = (struct element_config){
        .engine = {.mem = &mem_libc,
                   .timers = tx_timers_default(),
                   .n_workers = 1,
                   .software = STR_INIT("Tandem")},
        .registrar = {.min_expires_s = DEFAULT_MIN_EXPIRES_S,
                      .max_expires_s = DEFAULT_MAX_EXPIRES_S,
                      .default_expires_s = DEFAULT_EXPIRES_S,
                      .max_contacts = DEFAULT_CONTACTS},
        .proxy = {.record_route = true, .timer_c = DEFAULT_TIMER_C},
        .relay_loopback = true,
        .access = {.algorithms = DIGEST_ALL, .nonce_life = DEFAULT_NONCE_LIFE},
    };
}

static struct proxy_config proxy_config_of(const struct element_config *config,
                                           const struct home *home)
{
    struct proxy_config proxy = config->proxy;
    proxy.owner = OWNER_PROXY;
    proxy.bye_owner = OWNER_BYE_TO_CALLER;
    proxy.calls.linger = 64 * config->engine.timers.t1;
    proxy.domains = home->domains;
    proxy.n_domains = home->n;
    proxy.takes_credentials = config->access.required;
    proxy.trusted = config->access.peers;
    proxy.n_trusted = config->access.n_peers;
    return proxy;
}

static int roles_init(struct element *e, const struct element_config *config)
{
    struct registrar_config registrar = config->registrar;
    struct proxy_config proxy = proxy_config_of(config, &e->home);
    proxy.loads = e->loads;
    registrar.owner = OWNER_REGISTRAR;
    registrar.key = config->proxy.key;
    e->registrar = registrar_new(e->engine, &registrar);
    e->proxy = e->registrar ? proxy_new(e->engine, &proxy) : NULL;
    return e->proxy ? OK : ERR_NOMEM;
}

/* What outlives the process is made of the key that does. */
static struct hash_key lasting_key(const struct hash_key *key)
{
    return (struct hash_key){siphash24(key, STR("stateless, first half")),
                             siphash24(key, STR("stateless, second half"))};
}

/* Groups, and codes that are dialled; both NULL where there are none. */
static int people_make(struct element *e, const struct home *home, struct groups **groups,
                       struct features **features, const struct element_config *config)
{
    struct group_fault fault;
    int err = OK;
    *groups = NULL;
    *features = features_new(e->mem, config->features, &err);
    if (err || !config->groups || config->groups->n == 0)
        return err;
    *groups =
        groups_new(e->mem, config->groups, home->n ? home->domains[0] : STR("localhost"), &fault);
    if (*groups)
        return OK;
    features_free(*features);
    *features = NULL;
    return fault.group == config->groups->n ? ERR_NOMEM : ERR_INVALID;
}

struct element *element_new(const struct element_config *config)
{
    struct mem *mem = config->engine.mem;
    struct element *e = mem_alloc_zero(mem, sizeof *e);
    if (!e)
        return NULL;
    e->mem = mem;
    e->relay_loopback = config->relay_loopback;
    e->fork = config->fork;
    e->mode = config->mode;
    lookup_init(e);
    admit_init(e);
    ping_init(e);
    features_init(e);
    e->look_again = TIME_NEVER;
    e->own_loads = config->proxy.loads ? NULL : loads_new(mem, OWN_LOADS);
    e->loads = config->proxy.loads ? config->proxy.loads : e->own_loads;
    struct engine_config engine = config->engine;
    engine.lasting_key = lasting_key(&config->proxy.key);
    e->engine = e->loads ? engine_new(&engine) : NULL;
    e->stays_in_path = config->proxy.record_route;
    if (!e->engine || calls_init(&e->calls, mem, &config->proxy.key, e->loads) != OK ||
        home_make(mem, &e->home, config->domains, config->n_domains) != OK ||
        home_make(mem, &e->suffixes, config->suffixes, config->n_suffixes) != OK ||
        access_make(e, &e->access, &config->access, NULL) != OK || roles_init(e, config) != OK ||
        steer_make(e, &e->routes, &e->peers, config) != OK || agents_init(e) != OK ||
        people_make(e, &e->home, &e->groups, &e->features, config) != OK) {
        element_free(e);
        return NULL;
    }
    return e;
}

void element_free(struct element *e)
{
    if (!e)
        return;
    lookup_fini(e);
    admit_fini(e);
    ping_fini(e);
    proxy_free(e->proxy);
    registrar_free(e->registrar);
    access_drop(e, &e->access, NULL);
    home_drop(e->mem, &e->home);
    home_drop(e->mem, &e->suffixes);
    routes_unref(e->routes);
    peers_free(e->peers);
    groups_free(e->groups);
    features_free(e->features);
    features_fini(e);
    agents_fini(e);
    calls_fini(&e->calls);
    loads_free(e->own_loads);
    if (e->engine)
        engine_free(e->engine);
    mem_free(e->mem, e, sizeof *e);
}

/* What a new configuration needs memory for. */
struct fresh {
    struct home home, suffixes;
    struct access access;
    struct routes *routes;
    struct peers *peers;
    struct groups *groups;
    struct features *features;
};

static void fresh_drop(struct element *e, struct fresh *f)
{
    groups_free(f->groups);
    features_free(f->features);
    routes_unref(f->routes);
    peers_free(f->peers);
    access_drop(e, &f->access, &e->access);
    home_drop(e->mem, &f->home);
    home_drop(e->mem, &f->suffixes);
}

static int fresh_make(struct element *e, struct fresh *f, const struct element_config *config)
{
    *f = (struct fresh){.routes = NULL};
    int err = home_make(e->mem, &f->home, config->domains, config->n_domains);
    if (!err)
        err = home_make(e->mem, &f->suffixes, config->suffixes, config->n_suffixes);
    if (!err)
        err = access_make(e, &f->access, &config->access, &e->access);
    if (err) {
        home_drop(e->mem, &f->home);
        home_drop(e->mem, &f->suffixes);
        return err;
    }
    const struct proxy_config proxy = proxy_config_of(config, &f->home);
    err = steer_make(e, &f->routes, &f->peers, config);
    if (!err)
        err = people_make(e, &f->home, &f->groups, &f->features, config);
    if (!err)
        err = proxy_reconfigure(e->proxy, &proxy);
    if (err)
        fresh_drop(e, f);
    return err;
}

int element_reconfigure(struct element *e, const struct element_config *config)
{
    struct fresh f;
    int err = fresh_make(e, &f, config);
    if (err)
        return err;
    registrar_reconfigure(e->registrar, &config->registrar);
    access_drop(e, &e->access, &f.access);
    home_drop(e->mem, &e->home);
    home_drop(e->mem, &e->suffixes);
    routes_unref(e->routes);
    peers_free(e->peers);
    e->access = f.access;
    e->home = f.home;
    e->suffixes = f.suffixes;
    e->routes = f.routes;
    e->peers = f.peers;
    groups_free(e->groups);
    features_free(e->features);
    e->groups = f.groups;
    e->features = f.features;
    e->stays_in_path = config->proxy.record_route;
    e->relay_loopback = config->relay_loopback;
    e->fork = config->fork;
    e->mode = config->mode;
    for (conn_id conn = 0; (conn = engine_next_identified(e->engine, conn));)
        access_judge(e, conn);
    return OK;
}

void element_set_clock(struct element *e, time_ns week, time_ns now)
{
    const time_ns span = 7 * 24 * 3600 * NS_PER_S;
    e->week_offset = (week % span + span - now % span) % span;
}

struct engine *element_engine(struct element *e)
{
    return e->engine;
}

void element_stats(const struct element *e, struct element_stats *out)
{
    *out = (struct element_stats){.contexts = proxy_contexts(e->proxy),
                                  .lookups = e->lookups.live,
                                  .admissions = e->admissions.live,
                                  .registrations = registrar_pending(e->registrar),
                                  .pings = e->n_pings,
                                  .unanswered = e->n_unanswered};
}

size_t element_peers(const struct element *e, size_t from, struct peer_state *out, size_t max)
{
    return e->peers ? peers_list(e->peers, from, out, max) : 0;
}

unsigned element_set_peer_out(struct element *e, struct str uri, bool out)
{
    return e->peers ? peers_set_out(e->peers, uri, out) : 0;
}

/* The roles act on all that an input brought before it returns. */
static int after(struct element *e, int rc, time_ns now)
{
    struct engine_event ev;
    struct proxy_wish wish;
    for (bool more = true; more;) {
        while (engine_event(e->engine, &ev))
            dispatch(e, &ev, now);
        more = proxy_wish(e->proxy, &wish);
        if (more && wish.joins)
            lookup_join(e, &wish, now);
        else if (more)
            lookup_wish(e, &wish, now);
    }
    return rc;
}

void element_came(struct element *e, struct str key, time_ns now)
{
    proxy_came(e->proxy, key);
    (void)after(e, OK, now);
}

bool element_awaits(const struct element *e)
{
    return proxy_joints(e->proxy) > 0 || e->lookups.live > 0;
}

static uint64_t bad_so_far(const struct element *e)
{
    const struct engine_stats *s = engine_stats(e->engine);
    return s->bad_requests + s->bad_responses;
}

int element_received(struct element *e, struct msg *m, time_ns now)
{
    const struct flow flow = m->flow;
    uint64_t bad = bad_so_far(e), cut = engine_stats(e->engine)->cut_short;
    int rc = engine_received(e->engine, m, now);
    if (engine_stats(e->engine)->cut_short != cut)
        note_bad(e, &flow, NOTE_CUT_SHORT);
    else if (bad_so_far(e) != bad)
        note_bad(e, &flow, NOTE_BAD_MESSAGE);
    return after(e, rc, now);
}

int element_datagram(struct element *e, const struct flow *flow, struct str bytes, time_ns now)
{
    struct msg *m;
    int rc = engine_read(e->engine, flow, bytes, &m);
    return m ? element_received(e, m, now) : rc;
}

conn_id element_accepted(struct element *e, const struct flow *flow, time_ns now)
{
    conn_id id = engine_accepted(e->engine, flow, now);
    (void)after(e, OK, now);
    return id;
}

int element_connected(struct element *e, conn_id conn, const struct addr *local, time_ns now)
{
    return after(e, engine_connected(e->engine, conn, local, now), now);
}

int element_identified(struct element *e, conn_id conn, struct str names, time_ns now)
{
    int rc = engine_identify(e->engine, conn, names);
    if (rc == OK)
        access_judge(e, conn);
    return after(e, rc, now);
}

typedef int stream_input(struct engine *, conn_id, struct str bytes, time_ns now);

static int of_stream(struct element *e, stream_input *input, conn_id conn, struct str bytes,
                     time_ns now)
{
    struct flow flow;
    uint64_t bad = bad_so_far(e);
    bool stands = engine_conn_flow(e->engine, conn, &flow); /* it may end by what is bad */
    int rc = input(e->engine, conn, bytes, now);
    if (stands && bad_so_far(e) != bad)
        note_bad(e, &flow, NOTE_BAD_MESSAGE);
    return after(e, rc, now);
}

int element_stream(struct element *e, conn_id conn, struct str bytes, time_ns now)
{
    return of_stream(e, engine_stream, conn, bytes, now);
}

int element_message(struct element *e, conn_id conn, struct str bytes, time_ns now)
{
    return of_stream(e, engine_message, conn, bytes, now);
}

int element_closed(struct element *e, conn_id conn, time_ns now)
{
    int rc = engine_closed(e->engine, conn, now);
    if (rc != ERR_NOMEM)
        registrar_flow_ended(e->registrar, conn);
    return after(e, rc, now);
}

int element_unreachable(struct element *e, const struct flow *flow, time_ns now)
{
    return after(e, engine_unreachable(e->engine, flow, now), now);
}

int element_adopt(struct element *e, struct msg *m, time_ns now)
{
    return after(e, engine_adopt(e->engine, m, now), now);
}

int element_resolved(struct element *e, uint64_t query, struct str message, time_ns now)
{
    return after(e, engine_resolved(e->engine, query, message, now), now);
}

int element_ping(struct element *e, struct str key, struct str record, enum ping_by by, time_ns now)
{
    ping_record(e, key, record, by, now);
    return after(e, OK, now);
}

int element_store_answered(struct element *e, const struct store_answer *a, time_ns now)
{
    return after(e, engine_store_answered(e->engine, a, now), now);
}

int element_time(struct element *e, time_ns now)
{
    probe_time(e, now);
    hunt_time(e, now);
    int rc = after(e, engine_time(e->engine, now), now);
    int proxy_rc = after(e, proxy_time(e->proxy, now), now);
    return rc != OK ? rc : proxy_rc;
}

time_ns element_deadline(const struct element *e)
{
    time_ns at = time_min(engine_deadline(e->engine), proxy_deadline(e->proxy));
    at = time_min(at, e->look_again);
    return e->peers ? time_min(at, peers_deadline(e->peers)) : at;
}

bool element_output(struct element *e, struct engine_output *out)
{
    bool any = engine_output(e->engine, out);
    if (any && out->kind == OUTPUT_CLOSE)
        registrar_flow_ended(e->registrar, out->conn);
    return any;
}

bool element_is_idle(const struct element *e)
{
    const struct engine_stats *s = engine_stats(e->engine);
    return s->tx_client == 0 && s->tx_server == 0 && e->lookups.live == 0 &&
           e->admissions.live == 0 && registrar_pending(e->registrar) == 0 && e->dials.live == 0 &&
           e->agents.changes.live == 0 && proxy_contexts(e->proxy) == 0;
}

bool element_is_quiet(const struct element *e)
{
    return e->lookups.live == 0 && e->admissions.live == 0 && e->dials.live == 0 &&
           registrar_pending(e->registrar) == 0 && engine_is_quiet(e->engine);
}

size_t element_calls(struct element *e, time_ns now)
{
    return calls_count(&e->calls, now);
}

size_t element_followed(const struct element *e, uint32_t *cursor, struct follow_view *out,
                        size_t max)
{
    return follow_list(proxy_calls(e->proxy), cursor, out, max);
}

const struct follow_stats *element_follow_stats(const struct element *e)
{
    return follow_table_stats(proxy_calls(e->proxy));
}

bool element_end_call(struct element *e, follow_ref call, time_ns now)
{
    bool ends = proxy_end_call(e->proxy, call, FOLLOW_ON_REQUEST, now);
    (void)after(e, OK, now);
    return ends;
}

bool element_end_invite(struct element *e, const struct engine_tx *tx, time_ns now)
{
    bool ends = tx->kind == TX_INVITE_SERVER && tx->owner == OWNER_PROXY &&
                proxy_end_invite(e->proxy, tx->user, FOLLOW_ON_REQUEST, now);
    (void)after(e, OK, now);
    return ends;
}

bool element_ended(struct element *e, struct follow_view *out, time_ns now)
{
    if (!proxy_ended(e->proxy, out))
        return false;
    uint64_t dialog = calls_named(&e->calls, out->id_text, out->from_tag, out->to_tag);
    calls_over(&e->calls, dialog, now);
    agent_hangs_up(e, dialog, now);
    return true;
}
