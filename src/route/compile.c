/* Makes rules of the configuration's entries, or says which of them is wrong and why. */
#include <stdio.h>

#include "msg/print.h"
#include "route/rule.h"

struct compiling {
    struct routes *routes;
    const struct config_set_list *sets;
    const struct config_lua *lua;
    const struct config_route *from;
    struct rule *rule;
    struct route_fault *fault;
    bool failed;
};

static void fail(struct compiling *c, const char *key, struct str text, const char *what)
{
    if (c->failed)
        return;
    c->failed = true;
    c->fault->rule = (unsigned)(c->rule - c->routes->rules);
    c->fault->key = key;
    (void)snprintf(c->fault->what, sizeof c->fault->what, "\"%.*s\": %s",
                   (int)str_slice(text, 0, 60).len, text.len > 0 ? text.at : "", what);
}

static void no_memory(struct compiling *c)
{
    c->failed = true;
    *c->fault = (struct route_fault){.rule = c->routes->n, .key = ""};
    (void)snprintf(c->fault->what, sizeof c->fault->what, "there is no memory for it");
}

static void *take(struct compiling *c, size_t size)
{
    void *at = size > 0 ? shelf_take(c->routes->shelf, size) : NULL;

    if (!at && size > 0)
        no_memory(c);
    return at;
}

static struct str keep(struct compiling *c, struct str text)
{
    struct str kept = STR_NONE;

    if (text.at && !shelf_keep(c->routes->shelf, text, &kept))
        no_memory(c);
    return kept;
}

static struct str_list keep_list(struct compiling *c, const struct str_list *l)
{
    struct str_list kept = {take(c, l->n * sizeof *kept.list), 0};

    for (unsigned i = 0; kept.list && i < l->n && !c->failed; i++)
        kept.list[kept.n++] = keep(c, l->list[i]);
    return kept;
}

/* Reads every text of `list` by `by`, which leaves views into it; the text is the rules' own. */
#define READ_ALL(c, key, texts, list_, by)                                       \
    do {                                                                         \
        struct str_list kept_ = keep_list(c, &(texts));                          \
        (list_).list = take(c, kept_.n * sizeof *(list_).list);                  \
        for (unsigned i_ = 0; i_ < kept_.n && !(c)->failed; i_++) {              \
            const char *wrong_ = by(kept_.list[i_], &(list_).list[(list_).n++]); \
            if (wrong_)                                                          \
                fail(c, key, kept_.list[i_], wrong_);                            \
        }                                                                        \
    } while (0)

/* --- conditions --- */

static void read_transports(struct compiling *c)
{
    for (unsigned i = 0; i < c->from->transports.n; i++) {
        struct str name = c->from->transports.list[i];
        enum transport t = transport_of(name);

        if (t == TRANSPORT_NONE)
            fail(c, "transport", name, "expected udp, tcp, tls, ws, wss or sctp");
        c->rule->transports |= 1u << t;
    }
}

static void read_senders(struct compiling *c)
{
    static const struct {
        struct str name;
        enum route_sender sender;
    } words[] = {{STR_INIT("stranger"), ROUTE_STRANGER},
                 {STR_INIT("peer"), ROUTE_PEER},
                 {STR_INIT("account"), ROUTE_ACCOUNT}};

    for (unsigned i = 0; i < c->from->senders.n; i++) {
        unsigned before = c->rule->senders;

        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (str_equal(c->from->senders.list[i], words[w].name))
                c->rule->senders |= 1u << words[w].sender;
        if (c->rule->senders == before)
            fail(c, "sender", c->from->senders.list[i], "expected account, peer or stranger");
    }
}

static void read_all_days(struct compiling *c)
{
    for (unsigned i = 0; i < c->from->days.n; i++) {
        const char *wrong = rule_days(c->from->days.list[i], &c->rule->days);

        if (wrong)
            fail(c, "day", c->from->days.list[i], wrong);
    }
}

static void compile_patterns(struct compiling *c)
{
    const struct str_list *texts = &c->from->user_patterns;

    c->rule->patterns.list = take(c, texts->n * sizeof *c->rule->patterns.list);
    for (unsigned i = 0; i < texts->n && !c->failed; i++) {
        struct regexp *re = take(c, sizeof *re);
        const char *wrong = re ? regexp_compile(re, texts->list[i]) : NULL;

        if (wrong)
            fail(c, "user_pattern", texts->list[i], wrong);
        c->rule->patterns.list[c->rule->patterns.n++] = re;
    }
}

static void keep_sources(struct compiling *c)
{
    const struct addr_block_list *from = &c->from->sources;
    struct addr_block *at = take(c, from->n * sizeof *at);

    if (at)
        memcpy(at, from->list, from->n * sizeof *at);
    c->rule->sources = (struct addr_block_list){at, at ? from->n : 0};
}

/* Numbers begin with a digit or +, without separators. */
static void check_numbers(struct compiling *c)
{
    for (unsigned i = 0; i < c->from->numbers.n; i++) {
        struct str n = c->from->numbers.list[i];

        for (size_t k = 0; k < n.len; k++)
            if (!(n.at[k] >= '0' && n.at[k] <= '9') && n.at[k] != '*' && n.at[k] != '#' &&
                !(n.at[k] == '+' && k == 0))
                fail(c, "number", n,
                     "expected the beginning of a number without separators, such "
                     "as +49 or 0900");
    }
}

static void read_rooms(struct compiling *c)
{
    struct rule *r = c->rule;
    struct str_list names = keep_list(c, &c->from->rooms);

    if (names.n > 0 && c->from->mode == CONFIG_MODE_STATELESS)
        fail(c, "room", STR_NONE, "needs calls that are counted, as `mode: stateless` has none");
    r->rooms.list = take(c, names.n * sizeof *r->rooms.list);
    for (unsigned i = 0; i < names.n && !c->failed; i++) {
        struct room_condition *room = &r->rooms.list[r->rooms.n++];

        room->name = names.list[i];
        const char *wrong = rule_set(room->name, c->sets, &room->set);
        if (wrong)
            fail(c, "room", room->name, wrong);
    }
}

static void compile_conditions(struct compiling *c)
{
    const struct config_route *from = c->from;
    struct rule *r = c->rule;

    r->methods = keep_list(c, &from->methods);
    r->domains = keep_list(c, &from->domains);
    r->users = keep_list(c, &from->users);
    r->user_prefixes = keep_list(c, &from->user_prefixes);
    r->numbers = keep_list(c, &from->numbers);
    r->tags = keep_list(c, &from->tags);
    check_numbers(c);
    compile_patterns(c);
    keep_sources(c);
    read_transports(c);
    read_senders(c);
    read_all_days(c);
    read_rooms(c);
    READ_ALL(c, "listener", from->listeners, r->listeners, rule_listener_condition);
    READ_ALL(c, "header", from->headers, r->headers, rule_header_condition);
    READ_ALL(c, "time", from->times, r->times, rule_span);
    READ_ALL(c, "caller", from->callers, r->callers, rule_caller);
}

/* --- actions --- */

static void compile_targets(struct compiling *c, const char *key, const struct str_list *texts,
                            bool redirects)
{
    struct rule *r = c->rule;
    struct str_list kept = keep_list(c, texts);

    r->targets.list = take(c, kept.n * sizeof *r->targets.list);
    for (unsigned i = 0; i < kept.n && !c->failed; i++) {
        const char *wrong =
            rule_target(kept.list[i], c->sets, redirects, &r->targets.list[r->targets.n++]);

        if (wrong)
            fail(c, key, kept.list[i], wrong);
    }
    for (unsigned i = 0; i < r->targets.n && r->targets.n > 1; i++)
        if (r->targets.list[i].kind == ROUTE_TO_LOCATION)
            fail(c, key, STR("location"), "stands alone or not at all");
}

/* What becomes of the request where the function fails. */
static void compile_failure(struct compiling *c)
{
    struct rule *r = c->rule;

    r->goes_on = str_equal(c->from->on_error, STR("next"));
    const char *wrong =
        r->goes_on ? NULL : rule_reply(keep(c, c->from->on_error), &r->status, &r->reason);
    if (wrong)
        fail(c, "on_error", c->from->on_error, wrong);
}

static void compile_function(struct compiling *c)
{
    struct rule *r = c->rule;

    r->asks = true;
    r->function = c->routes->hook ? hook_function(c->routes->hook, c->from->lua) : -1;
    if (r->function < 0)
        fail(c, "lua", c->from->lua,
             c->lua && c->lua->texts.n > 0
                 ? "the scripts of lua.scripts have no global function of this name"
                 : "there is no script: name its file in lua.scripts");
    compile_failure(c);
}

static void compile_way(struct compiling *c)
{
    const struct config_route *from = c->from;
    struct rule *r = c->rule;

    r->takes = true;
    if (from->reply.len > 0) {
        r->action = ROUTE_REPLY;
        const char *wrong = rule_reply(keep(c, from->reply), &r->status, &r->reason);
        if (wrong)
            fail(c, "reply", from->reply, wrong);
    } else if (from->forward.n > 0) {
        r->action = ROUTE_FORWARD;
        compile_targets(c, "forward", &from->forward, false);
    } else if (from->redirect.n > 0) {
        r->action = ROUTE_REDIRECT;
        compile_targets(c, "redirect", &from->redirect, true);
    } else if (from->lua.len > 0) {
        r->takes = false; /* its function says */
        compile_function(c);
    } else if (from->serve == CONFIG_SERVE_REGISTER) {
        r->action = ROUTE_REGISTER;
    } else if (from->serve == CONFIG_SERVE_LOOKUP) {
        r->action = ROUTE_LOOKUP;
    } else {
        r->takes = from->serve == CONFIG_SERVE_DEFAULT;
    }
}

static void check_lines(struct compiling *c, const char *key, const struct str_list *lines)
{
    struct str name;

    for (unsigned i = 0; i < lines->n; i++) {
        const char *wrong = rule_header_line(lines->list[i], &name);

        if (wrong)
            fail(c, key, lines->list[i], wrong);
    }
}

static void check_names(struct compiling *c)
{
    for (unsigned i = 0; i < c->from->remove_headers.n; i++) {
        struct str text = c->from->remove_headers.list[i];
        const char *wrong = rule_header_removable(text);

        if (wrong)
            fail(c, "remove_header", text, wrong);
    }
}

static void check_users(struct compiling *c)
{
    const char *wrong = rule_user(c->from->prefix);

    if (wrong)
        fail(c, "prefix", c->from->prefix, wrong);
    wrong = rule_user(c->from->set_user);
    if (wrong)
        fail(c, "set_user", c->from->set_user, wrong);
}

static void compile_changes(struct compiling *c)
{
    const struct config_route *from = c->from;
    struct rule *r = c->rule;

    check_lines(c, "add_header", &from->add_headers);
    check_lines(c, "set_header", &from->set_headers);
    check_names(c);
    check_users(c);
    r->strip = from->strip;
    r->prefix = keep(c, from->prefix);
    r->set_user = keep(c, from->set_user);
    r->set_domain = keep(c, from->set_domain);
    r->remove_headers = keep_list(c, &from->remove_headers);
    r->add_headers = keep_list(c, &from->add_headers);
    r->set_headers = keep_list(c, &from->set_headers);
    r->mode = from->mode;
    r->record_route = from->record_route;
    r->join = from->join;
    r->wait = from->wait_s * NS_PER_S;
    if (from->wait_s > 0 && from->join != CONFIG_ON)
        fail(c, "wait", STR_NONE, "needs `join: true` in the same rule");
    r->allow = from->allow;
    r->redirect_status = from->redirect_status;
    r->order = from->order;
    r->ring_time = from->ring_time_s * NS_PER_S;
}

static void compile_rule(struct compiling *c)
{
    c->rule->name = keep(c, c->from->name);
    c->rule->line = c->from->entry.line;
    compile_conditions(c);
    compile_way(c);
    compile_changes(c);
    c->routes->any_open |=
        (c->rule->takes || c->rule->asks) && c->rule->allow == CONFIG_ALLOW_ANYONE;
}

static struct routes *make(struct mem *mem, unsigned n)
{
    size_t size = sizeof(struct routes) + n * sizeof(struct rule);
    struct routes *r = mem_alloc_zero(mem, size);

    if (!r)
        return NULL;
    *r = (struct routes){.refs = 1, .shelf = shelf_new(mem), .mem = mem, .n = n};
    if (r->shelf)
        return r;
    mem_free(mem, r, size);
    return NULL;
}

/* What scripts call sets by. */
static void keep_sets(struct compiling *c)
{
    struct config_set_list *kept = &c->routes->sets;

    kept->list = take(c, c->sets->n * sizeof *kept->list);
    for (; kept->list && kept->n < c->sets->n; kept->n++)
        kept->list[kept->n].name = keep(c, c->sets->list[kept->n].name);
}

/* Only where a rule asks them: each worker has its own. */
static void load_scripts(struct compiling *c, const struct config_route_list *rules)
{
    struct hook_fault fault;
    bool wanted = false;

    for (unsigned i = 0; i < rules->n; i++)
        wanted |= rules->list[i].lua.len > 0;
    if (!wanted || !c->lua || c->lua->texts.n == 0)
        return;
    c->routes->hook = hook_new(c->routes->mem, c->lua, &fault);
    if (!c->routes->hook)
        no_memory(c); /* or what hook_new tells: that is checked when it is read */
}

struct routes *routes_new(struct mem *mem, const struct config_route_list *rules,
                          const struct config_set_list *sets, const struct config_lua *lua,
                          struct route_fault *fault)
{
    struct routes *r = make(mem, rules->n);
    struct compiling c = {.routes = r, .sets = sets, .lua = lua, .fault = fault};

    if (!r) {
        *fault = (struct route_fault){.rule = rules->n, .key = ""};
        (void)snprintf(fault->what, sizeof fault->what, "there is no memory for it");
        return NULL;
    }
    keep_sets(&c);
    load_scripts(&c, rules);
    for (unsigned i = 0; i < rules->n && !c.failed; i++) {
        c.from = &rules->list[i];
        c.rule = &r->rules[i];
        compile_rule(&c);
    }
    if (!c.failed)
        return r;
    routes_unref(r);
    return NULL;
}

struct routes *routes_ref(struct routes *r)
{
    r->refs++;
    return r;
}

void routes_unref(struct routes *r)
{
    if (!r || --r->refs > 0)
        return;
    hook_free(r->hook);
    shelf_free(r->shelf);
    mem_free(r->mem, r, sizeof *r + r->n * sizeof *r->rules);
}

unsigned routes_count(const struct routes *r)
{
    return r->n;
}

struct str routes_name(const struct routes *r, unsigned rule)
{
    return r->rules[rule].name;
}

bool routes_any_open(const struct routes *r)
{
    return r->any_open;
}

void routes_count_all(struct routes *r)
{
    if (r->hook)
        hook_count_all(r->hook);
}
