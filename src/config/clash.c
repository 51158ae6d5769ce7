/* Finds values that are good alone and not together; reads no text. */
#include <stdio.h>

#include "config/listener.h"
#include "config/reader.h"

#define KEY(member) key_of(offsetof(struct config, member))

/* The option that gave the value; NULL: none did. */
static const char *option_of(const struct reader *r, size_t key)
{
    for (size_t i = 0; r->beside[key] && i < r->source->n_overrides; i++)
        if (key_find(&root_table, str_from(r->source->overrides[i].key)) == &keys[key])
            return r->source->overrides[i].option;
    return NULL;
}

/* The option, or the line of whichever key of the two stands later: that is the one that was wrong.
 */
static void tell(struct reader *r, size_t key, size_t other, const char *what)
{
    const char *option = option_of(r, key);

    if (!option)
        option = option_of(r, other);
    if (r->bad[key] || r->bad[other])
        return;
    if (option) {
        fault_of_option(r, option, "%s", what);
        return;
    }
    if (r->lines[other] > r->lines[key]) {
        size_t swap = key;

        key = other;
        other = swap;
    }
    if (r->lines[other] > 0)
        fault(r, r->lines[key], str_from(keys[key].row.key), "%s (%s is on line %u)", what,
              keys[other].row.key, r->lines[other]);
    else if (keys[other].row.preset[0] == '\0')
        fault(r, r->lines[key], str_from(keys[key].row.key), "%s", what);
    else
        fault(r, r->lines[key], str_from(keys[key].row.key), "%s (%s is %s where nothing is said)",
              what, keys[other].row.key, keys[other].row.preset);
}

static void check_expiries(struct reader *r)
{
    const struct config *c = r->config;
    size_t min = KEY(registrar.min_expires_s), max = KEY(registrar.max_expires_s);
    size_t usual = KEY(registrar.default_expires_s);

    if (c->registrar.min_expires_s > c->registrar.max_expires_s)
        tell(r, max, min, "registrar.max_expires must be at least registrar.min_expires");
    else if (c->registrar.default_expires_s > c->registrar.max_expires_s)
        tell(r, max, usual, "registrar.default_expires must be at most registrar.max_expires");
    else if (c->registrar.default_expires_s < c->registrar.min_expires_s)
        tell(r, min, usual, "registrar.default_expires must be at least registrar.min_expires");
}

static void check_timers(struct reader *r)
{
    if (r->config->timers.t1_ms > r->config->timers.t2_ms)
        tell(r, KEY(timers.t2_ms), KEY(timers.t1_ms), "timers.t2 must be at least timers.t1");
}

static void check_algorithms(struct reader *r)
{
    size_t key = KEY(accounts.algorithms);

    if (r->config->accounts.algorithms == 0 && !r->bad[key])
        fault(r, r->lines[key], str_from(keys[key].row.key),
              "the list is empty: name one of SHA-512-256, SHA-256 and MD5, or leave the key out");
}

/* HTTP goes over TCP: UDP on the same port is no clash. */
static bool has_port_of(const struct config_listener *l, const struct addr *a)
{
    return l->transport != TRANSPORT_UDP && l->addr.port == a->port &&
           (l->localhost
                ? addr_is_loopback(a) || addr_is_any(a)
                : addr_equal_ip(&l->addr, a) ||
                      (l->addr.family == a->family && (addr_is_any(&l->addr) || addr_is_any(a))));
}

static void check_metrics(struct reader *r)
{
    const struct config *c = r->config;
    struct config_listener l;
    struct addr a;

    if (c->metrics.len == 0 || !addr_parse(c->metrics, &a))
        return;
    for (unsigned i = 0; i < c->listen.n; i++)
        if (!config_listener_parse(c->listen.list[i], &l) && has_port_of(&l, &a)) {
            tell(r, KEY(metrics), KEY(listen),
                 "metrics.listen and a listener have the same port: give one of them another");
            return;
        }
}

static unsigned line_of(const struct config_route *r, const char *key)
{
    return config_entry_line("route", &r->entry, key);
}

/* A rule takes the request in one way at most. */
static void check_route(struct reader *r, unsigned i)
{
    const struct config_route *route = &r->config->routes.list[i];
    const char *const ways[] = {
        route->reply.len ? "reply" : NULL, route->serve != CONFIG_SERVE_NO ? "serve" : NULL,
        route->forward.n ? "forward" : NULL, route->redirect.n ? "redirect" : NULL,
        route->lua.len ? "lua" : NULL};
    const char *first = NULL;
    char key[64];

    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        (void)snprintf(key, sizeof key, "routes[%u].%s", i + 1, ways[w] ? ways[w] : "");
        if (ways[w] && first)
            fault(r, line_of(route, ways[w]), str_from(key),
                  "a rule does one thing: leave out either this or %s (line %u)", first,
                  line_of(route, first));
        if (!first)
            first = ways[w];
    }
}

static void check_routes(struct reader *r)
{
    for (unsigned i = 0; i < r->config->routes.n; i++)
        check_route(r, i);
}

/* Two sets of one name. */
static void check_sets(struct reader *r)
{
    const struct config_set_list *sets = &r->config->sets;
    char key[64];

    for (unsigned i = 0; i < sets->n; i++)
        for (unsigned j = 0; j < i; j++) {
            if (sets->list[i].name.len == 0 || !str_equal(sets->list[i].name, sets->list[j].name))
                continue;
            (void)snprintf(key, sizeof key, "sets[%u].name", i + 1);
            fault(r, config_entry_line("set", &sets->list[i].entry, "name"), str_from(key),
                  "there is a set of this name already, on line %u: give one of them another",
                  sets->list[j].entry.line);
            break;
        }
}

static bool has_tls(const struct config *c)
{
    struct config_listener l;

    for (unsigned i = 0; i < c->listen.n; i++)
        if (!config_listener_parse(c->listen.list[i], &l) && transport_is_secure(l.transport))
            return true;
    return false;
}

static void check_tls(struct reader *r)
{
    const struct config *c = r->config;

    if (has_tls(c) && c->tls.certificates.n == 0)
        tell(
            r, KEY(listen), KEY(tls.certificates),
            "a listener with TLS needs a certificate in tls.certificates; `tandem cert NAME` makes "
            "one for a first try");
    if (c->tls.peers.n > 0 && c->tls.client_certificate == CONFIG_CLIENTS_NO)
        tell(r, KEY(tls.peers), KEY(tls.client_certificate),
             "peers can show their certificates only where tls.client_certificate is ask or "
             "require");
}

void find_clashes(struct reader *r)
{
    check_expiries(r);
    check_timers(r);
    check_algorithms(r);
    check_metrics(r);
    check_routes(r);
    check_sets(r);
    check_tls(r);
}
