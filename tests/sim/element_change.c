/* Servers that change while they work: another configuration, a drain and its end. */
#include <assert.h>
#include <stdio.h>

#include "base/err.h"
#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/gates.h"
#include "sim/numbers.h"
#include "sim/watch.h"

#define LOOK NS_PER_S /* how often one that drains looks whether it may end */

/* --- another configuration --- */

/* Rules of each kind that make no difference but for a header: nobody is called nobody. */
static void set_rules(struct element_config *c)
{
    static struct str method = STR_INIT("INVITE"), ours = STR_INIT("ours"),
                      line = STR_INIT("X-Ruled: yes"), nobody = STR_INIT("nobody-[0-9]+"),
                      account = STR_INIT("account"), uri = STR_INIT("sip:nowhere.invalid");
    static struct config_route rules[] = {
        {.methods = {&method, 1}, .add_headers = {&line, 1}},
        {.user_patterns = {&nobody, 1}, .reply = STR_INIT("410")},
        {.user_patterns = {&nobody, 1}, .senders = {&account, 1}, .forward = {&uri, 1}},
        {.methods = {&method, 1}, .lua = STR_INIT("mark"), .on_error = STR_INIT("500")},
        {.methods = {&method, 1}, .domains = {&ours, 1}, .serve = CONFIG_SERVE_DEFAULT},
    };
    static const struct config_route_list list = {rules, sizeof rules / sizeof rules[0]};
    static struct config_script script = {
        STR_INIT("sim.lua"),
        STR_INIT("function mark(r) return {add_header = 'X-Scripted: ' .. r.method} end")};
    static const struct config_lua lua = {
        .instructions = 1000, .memory_kib = 64, .texts = {&script, 1}};
    c->routes = &list;
    c->lua = &lua;
}

/* RFC 5626 5.1: it adds a Path as it does so. */
static void set_edge_rules(const struct element_node *e, struct element_config *c)
{
    static struct str method = STR_INIT("REGISTER"), domains[WORLD_NODES], uris[WORLD_NODES];
    static char text[WORLD_NODES][sizeof e->node.name + 4];
    static struct config_route rules[WORLD_NODES];
    static struct config_route_list list = {rules, 0};
    list.n = (unsigned)e->n_homes;
    for (size_t i = 0; i < e->n_homes; i++) {
        int n = snprintf(text[i], sizeof text[i], "sip:%s", e->homes[i]->name);
        uris[i] = (struct str){text[i], (size_t)n};
        domains[i] = str_from(e->homes[i]->name);
        rules[i] = (struct config_route){.methods = {&method, 1},
                                         .domains = {&domains[i], 1},
                                         .forward = {&uris[i], 1},
                                         .allow = CONFIG_ALLOW_ANYONE};
    }
    c->routes = &list;
}

static void set_gates(const struct element_node *e, struct element_config *c)
{
    static struct config_route_list routes;
    static struct config_set_list sets;
    gates_configure(e->gates, c->access.required, &routes, &sets);
    c->routes = &routes;
    c->sets = &sets;
}

/* Dave is one. */
static void set_group(const struct element_node *e, struct element_config *c)
{
    static struct config_agent members[] = {{.user = STR_INIT("alice"), .delay_s = 1},
                                            {.user = STR_INIT("bob")},
                                            {.user = STR_INIT("carol")}};
    static struct config_group group;
    static const struct config_group_list list = {&group, 1};
    unsigned kind = e->group - 1;
    group = (struct config_group){.name = STR("dave"),
                                  .domain = str_from(e->node.name),
                                  .members = {members, 3},
                                  .order = (enum config_order)(kind % 4),
                                  .ring_time_s = 5,
                                  .skip_busy = true,
                                  .wrap_up_s = 2,
                                  .queue = kind / 4 ? 2 : 0,
                                  .queue_time_s = 20};
    c->groups = &list;
}

void element_configure(const struct element_node *e, struct str names[2], struct element_config *c)
{
    static const struct str suffix = STR_INIT(NUMBER_SUFFIX);
    bool asks = e->asks != ((e->form & FORM_ASKING) != 0);
    element_config_default(c);
    names[0] = e->form & FORM_STRANGER ? STR("elsewhere.example") : str_from(e->node.name);
    names[1] = STR("alias.example");
    c->proxy.key = e->proxy_key;
    c->proxy.record_route = !(e->form & FORM_OFF_PATH);
    c->domains = names;
    c->n_domains = e->form & FORM_ALIAS ? 2 : 1;
    c->suffixes = &suffix;
    c->n_suffixes = e->numbers;
    c->fork = e->fork;
    if (e->group)
        set_group(e, c);
    if (e->calls.mode)
        c->mode = e->calls.mode;
    c->proxy.calls = e->calls.rules;
    c->proxy.session_s = e->calls.session_s;
    c->proxy.min_session_s = e->calls.min_session_s;
    c->proxy.loads = e->loads;
    c->proxy.quota = e->quota;
    c->access.required = asks;
    c->access.auth_int = true;
    c->access.peers = e->peers;
    c->access.n_peers = e->n_peers;
    if (e->gates)
        set_gates(e, c);
    else if (e->homes)
        set_edge_rules(e, c);
    else if (e->form & FORM_RULED)
        set_rules(c);
    if (e->form & FORM_MD5)
        c->access.algorithms = 1u << DIGEST_MD5;
    if (e->form & FORM_BRIEF) {
        c->access.nonce_life = 20 * NS_PER_S;
        c->registrar.max_expires_s = 120;
    }
}

static void reform(struct element_node *e, unsigned form)
{
    struct element_config c;
    struct str names[2];
    unsigned before = e->form;
    e->form = form;
    element_configure(e, names, &c);
    int err = element_reconfigure(e->element, &c);
    assert(err == OK || err == ERR_NOMEM);
    if (err)
        e->form = before;
    e->forms |= form;
    watch_anew(e->guard, e->node.w, e->peers, e->n_peers, node_now(&e->node));
    node_settle(&e->node);
}

void element_reform(struct node *n, unsigned form)
{
    for (unsigned i = 0; i < n->n_workers && !n->is_down; i++)
        reform(element_worker(n, i), form & FORM_ALL);
}

static const struct element_node *first_of(const struct node *n)
{
    return n->face == &element_face ? (const struct element_node *)n->workers[0] : NULL;
}

unsigned element_forms(const struct node *n)
{
    const struct element_node *e = first_of(n);
    return e ? e->forms : 0;
}

/* --- drain --- */

static bool may_end(struct node *n)
{
    bool may = true;
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element *e = element_worker(n, i)->element;
        may = may && element_is_quiet(e) && element_calls(e, node_now(n->workers[i])) == 0;
    }
    return may;
}

static void start_again(void *n)
{
    element_start(n);
}

static void end(struct node *n, time_ns away)
{
    element_stop(n);
    world_do(n->w, away, start_again, n);
}

static void look(void *arg)
{
    struct element_node *e = arg;
    struct node *n = &e->node;
    if (!e->drains)
        return;
    bool may = may_end(n);
    if (may)
        check_drained(n->w, n);
    if (may || e->ends_at <= n->w->now)
        end(n, e->away);
    else
        world_do(n->w, time_min(LOOK, e->ends_at - n->w->now), look, e);
}

void element_drain(struct node *n, time_ns within, time_ns away)
{
    struct element_node *e = element_worker(n, 0);
    if (n->is_down || e->drains || e->n_drains == ELEMENT_DRAINS)
        return;
    e->drained[e->n_drains].from = n->w->now;
    e->drained[e->n_drains].until = TIME_NEVER;
    e->n_drains++;
    e->drains = true;
    e->ends_at = within ? time_add(n->w->now, within) : TIME_NEVER;
    e->away = away;
    for (unsigned i = 0; i < n->n_workers; i++)
        engine_drain(n->workers[i]->engine);
    if (within)
        world_do(n->w, 0, look, e);
}

void element_drain_ends(struct element_node *e)
{
    if (e->drains)
        e->drained[e->n_drains - 1].until = e->node.w->now;
    e->drains = false;
}

time_ns element_drains_since(const struct node *n, time_ns at)
{
    const struct element_node *e = first_of(n);
    for (unsigned i = 0; e && i < e->n_drains; i++)
        if (e->drained[i].from <= at && at < e->drained[i].until)
            return e->drained[i].from;
    return TIME_NEVER;
}

time_ns element_began(const struct node *n)
{
    const struct element_node *e = first_of(n);
    return e ? e->began : 0;
}
