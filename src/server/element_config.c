/* Translates the configuration into the element's; knows no file and no thread. */
#include "server/element_config.h"

#include <assert.h>

#include "auth/digest.h"
#include "host/version.h"

/* accounts.algorithms in data/config.def has its words in this order. */
static_assert(DIGEST_SHA512_256 == 0 && DIGEST_SHA256 == 1 && DIGEST_MD5 == 2, "config/value.c");

bool element_needs_accounts(const struct shared *s, const struct config *config)
{
    if (config->accounts.auth != CONFIG_AUTH_AUTO)
        return config->accounts.auth == CONFIG_AUTH_REQUIRED;
    return !s->all_loopback || atomic_load(&s->any_account);
}

static struct access_config access_of(const struct shared *s, const struct config *config)
{
    return (struct access_config){
        .required = element_needs_accounts(s, config),
        .foreign_callers = config->accounts.foreign_callers,
        .algorithms = config->accounts.algorithms,
        .auth_int = config->accounts.auth_int,
        .nonce_life = config->accounts.nonce_life_s * NS_PER_S,
        .nonce_key = s->nonce_key,
        .peers = config->peers.list,
        .n_peers = config->peers.n,
        .peer_names = config->tls.peers.list,
        .n_peer_names = config->tls.peers.n,
    };
}

/* Addresses count without being named. */
static void set_domains(struct element_config *out, const struct config *config)
{
    const struct str_list domains = config_domains(config);

    out->domains = domains.list;
    out->n_domains = domains.n;
}

static void set_engine(struct engine_config *out, const struct shared *s,
                       const struct config *config)
{
    out->mem = s->mem;
    out->block_mem = s->depot ? depot_mem(s->depot) : NULL;
    out->call_key = s->call_key;
    out->n_workers = s->n_workers;
    out->software = STR("Tandem/" TANDEM_VERSION);
    out->max_tx = config->limits.transactions;
    out->timers.t1 = config->timers.t1_ms * NS_PER_MS;
    out->timers.t2 = config->timers.t2_ms * NS_PER_MS;
    out->timers.t4 = config->timers.t4_ms * NS_PER_MS;
}

static void set_calls(struct proxy_config *out, const struct shared *s, const struct config *config)
{
    out->quota = s->quota;
    out->session_s = config->proxy.session_expires_s;
    out->min_session_s = config->proxy.min_se_s;
    out->calls = (struct follow_rules){.call_time = config->proxy.call_time_s * NS_PER_S,
                                       .calls = config->proxy.calls,
                                       .calls_per_user = config->proxy.calls_per_user,
                                       .end_expired = config->proxy.session_end};
}

void element_config_of(struct element_config *out, const struct shared *s,
                       const struct config *config)
{
    element_config_default(out);
    set_engine(&out->engine, s, config);
    set_domains(out, config);
    out->registrar.min_expires_s = config->registrar.min_expires_s;
    out->registrar.max_expires_s = config->registrar.max_expires_s;
    out->registrar.default_expires_s = config->registrar.default_expires_s;
    out->registrar.max_contacts = config->registrar.max_contacts;
    out->registrar.flow_timer_s = config->registrar.flow_timer_s;
    out->registrar.service_route = config->registrar.service_route.list;
    out->registrar.n_service_route = config->registrar.service_route.n;
    out->proxy.key = s->proxy_key;
    out->proxy.loads = s->loads;
    out->proxy.record_route = config->proxy.record_route;
    out->proxy.timer_c = config->proxy.timer_c_s * NS_PER_S;
    set_calls(&out->proxy, s, config);
    out->fork = (struct fork_how){.order = (enum fork_order)config->proxy.fork,
                                  .ring_time = config->proxy.ring_time_s * NS_PER_S,
                                  .recurse = config->proxy.recurse,
                                  .joins = config->proxy.join,
                                  .wait = config->proxy.wait_s * NS_PER_S};
    out->mode = config->proxy.mode;
    out->suffixes = config->dns.suffixes.list;
    out->n_suffixes = config->dns.suffixes.n;
    out->relay_loopback = s->all_loopback;
    out->access = access_of(s, config);
    out->routes = &config->routes;
    out->sets = &config->sets;
    out->lua = &config->lua;
    out->groups = &config->groups;
    out->features = &config->features;
}

struct str element_host_of(const struct shared *s, const struct listen_at *at)
{
    bool is_near = addr_is_loopback(&at->addr);

    return is_near && !s->all_loopback ? STR_NONE : s->config->advertise;
}
