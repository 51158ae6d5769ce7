/* Goes over to another configuration between two turns: what is under way goes on. */
#include "base/err.h"
#include "server/element_config.h"
#include "server/worker.h"
#include "server/worker_guard.h"

/* Who asks nobody who they are takes care whose pages connect. */
void worker_use_web(struct worker *w, const struct config *config)
{
    const struct ws_policy policy = {.origins = config->websocket.origins.list,
                                     .n_origins = config->websocket.origins.n,
                                     .is_open = !w->access_required,
                                     .path = config->websocket.path};

    tcp_use_web(&w->tcp, &policy, config->websocket.ping_s * NS_PER_S);
}

static bool needs_accounts(const struct worker *w)
{
    return element_needs_accounts(w->shared, current_config(&w->shared->current));
}

bool worker_take_secure(struct worker *w)
{
    struct tls_context *c = secure_context(&w->shared->secure);
    int error = tcp_use_tls(&w->tcp, c);

    tls_context_unref(c);
    return error == OK;
}

void worker_take_names(struct worker *w)
{
    struct names *old = w->names;

    w->names = known_names(&w->shared->known);
    engine_hosts(w->engine, names_hosts(w->names));
    names_unref(old);
}

/* Without memory the old one holds on, and it is tried again at the next turn. */
static bool take(struct worker *w, time_ns now)
{
    const struct config *config = current_config(&w->shared->current);
    struct element_config c;

    element_config_of(&c, w->shared, config);
    if (element_reconfigure(w->element, &c) != OK || worker_guard_reconfigure(w, now) != OK ||
        !worker_take_secure(w))
        return false;
    w->access_required = c.access.required;
    w->gathers = config->gather;
    worker_use_web(w, config);
    worker_set_pings(w, now);
    return true;
}

void worker_take_config(struct worker *w, time_ns now)
{
    struct current *current = &w->shared->current;

    if (current_is_new(current, w->index)) {
        if (take(w, now)) {
            worker_take_names(w);
            current_taken(current, w->index);
            bell_ring_loud(w->shared->boss);
        }
    } else if (needs_accounts(w) != w->access_required) {
        (void)take(w, now); /* the first account has come, or the last one has gone */
    }
}
