/* Owns the composition: an engine, its roles, and the draining of events after each input. Knows no
 * rule of any of them. */
#include "element/element.h"

#include "element/parts.h"

#define DEFAULT_MIN_EXPIRES_S 60
#define DEFAULT_MAX_EXPIRES_S 7200
#define DEFAULT_EXPIRES_S 3600
#define DEFAULT_CONTACTS 10
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
    };
}

static int roles_init(struct element *e, const struct element_config *config)
{
    struct registrar_config registrar = config->registrar;
    struct proxy_config proxy = config->proxy;
    registrar.owner = OWNER_REGISTRAR;
    proxy.owner = OWNER_PROXY;
    proxy.domains = e->domains;
    proxy.n_domains = e->n_domains;
    e->registrar = registrar_new(e->engine, &registrar);
    e->proxy = e->registrar ? proxy_new(e->engine, &proxy) : NULL;
    return e->proxy ? OK : ERR_NOMEM;
}

struct element *element_new(const struct element_config *config)
{
    struct mem *mem = config->engine.mem;
    struct element *e = mem_alloc_zero(mem, sizeof *e);
    if (!e)
        return NULL;
    e->mem = mem;
    e->relay_loopback = config->relay_loopback;
    lookup_init(e);
    e->engine = engine_new(&config->engine);
    e->counts_calls = config->proxy.record_route;
    if (!e->engine || calls_init(&e->calls, mem, &config->proxy.key) != OK ||
        home_init(e, config->domains, config->n_domains) != OK || roles_init(e, config) != OK) {
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
    proxy_free(e->proxy);
    registrar_free(e->registrar);
    home_fini(e);
    calls_fini(&e->calls);
    if (e->engine)
        engine_free(e->engine);
    mem_free(e->mem, e, sizeof *e);
}

struct engine *element_engine(struct element *e)
{
    return e->engine;
}

void element_stats(const struct element *e, struct element_stats *out)
{
    *out = (struct element_stats){.contexts = proxy_contexts(e->proxy),
                                  .lookups = e->lookups.live,
                                  .registrations = registrar_pending(e->registrar)};
}

/* The roles act on all that an input brought before it returns. */
static int after(struct element *e, int rc, time_ns now)
{
    struct engine_event ev;
    while (engine_event(e->engine, &ev))
        dispatch(e, &ev, now);
    return rc;
}

int element_datagram(struct element *e, const struct flow *flow, struct str bytes, time_ns now)
{
    return after(e, engine_datagram(e->engine, flow, bytes, now), now);
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

int element_stream(struct element *e, conn_id conn, struct str bytes, time_ns now)
{
    return after(e, engine_stream(e->engine, conn, bytes, now), now);
}

int element_closed(struct element *e, conn_id conn, time_ns now)
{
    return after(e, engine_closed(e->engine, conn, now), now);
}

int element_unreachable(struct element *e, const struct flow *flow, time_ns now)
{
    return after(e, engine_unreachable(e->engine, flow, now), now);
}

int element_adopt(struct element *e, struct msg *m, time_ns now)
{
    return after(e, engine_adopt(e->engine, m, now), now);
}

int element_resolved(struct element *e, uint64_t query, const struct addr *addrs, size_t n,
                     time_ns now)
{
    return after(e, engine_resolved(e->engine, query, addrs, n, now), now);
}

int element_store_answered(struct element *e, const struct store_answer *a, time_ns now)
{
    return after(e, engine_store_answered(e->engine, a, now), now);
}

int element_time(struct element *e, time_ns now)
{
    int rc = after(e, engine_time(e->engine, now), now);
    int proxy_rc = after(e, proxy_time(e->proxy, now), now);
    return rc != OK ? rc : proxy_rc;
}

time_ns element_deadline(const struct element *e)
{
    return time_min(engine_deadline(e->engine), proxy_deadline(e->proxy));
}

bool element_output(struct element *e, struct engine_output *out)
{
    return engine_output(e->engine, out);
}

bool element_is_idle(const struct element *e)
{
    const struct engine_stats *s = engine_stats(e->engine);
    return s->tx_client == 0 && s->tx_server == 0 && e->lookups.live == 0 &&
           registrar_pending(e->registrar) == 0 && proxy_contexts(e->proxy) == 0;
}

bool element_is_quiet(const struct element *e)
{
    return e->lookups.live == 0 && registrar_pending(e->registrar) == 0 &&
           engine_is_quiet(e->engine);
}

size_t element_calls(struct element *e, time_ns now)
{
    return calls_count(&e->calls, now);
}
