/* Accounts: added, changed, found, and the contact URIs that lead to them. */
#include "ua/account.h"

#include "dialog/route_set.h"

/* Behind a quoted string that the text begins with; 0 where it begins with none. */
static size_t behind_quotes(struct str s)
{
    if (s.len == 0 || s.at[0] != '"')
        return 0;
    size_t at = 1;
    while (at < s.len && s.at[at] != '"')
        at += s.at[at] == '\\' ? 2 : 1;
    return at;
}

/* The URI of a name-addr, or all of a bare one. */
static struct str uri_of(struct str address)
{
    size_t at = behind_quotes(address);
    struct str rest = str_slice(address, at, address.len);
    size_t open = str_find(rest, '<');
    if (open == rest.len)
        return address;
    rest = str_slice(rest, open + 1, rest.len);
    return str_slice(rest, 0, str_find(rest, '>'));
}

static struct str keep(struct buf *b, struct str s)
{
    struct str kept = {b->at + b->len, s.len};
    buf_put(b, s);
    return kept;
}

static int is_valid(const struct ua_account_config *c)
{
    struct uri uri;
    struct msg_error err;
    struct route_plan plan;
    struct str address = uri_of(c->address);
    if (!uri_parse(address, &uri, &err) || uri.scheme == URI_OTHER)
        return ERR_INVALID;
    if (c->contact.len > 0 && !uri_parse(c->contact, &uri, &err))
        return ERR_INVALID;
    return c->routes.len > 0 ? route_plan(c->routes, address, &plan) : OK;
}

static int fill(struct ua *ua, struct ua_identity *a, const struct ua_account_config *c)
{
    struct buf b;
    struct msg_error err;
    a->text_len = c->address.len + c->contact.len + c->routes.len;
    a->text = mem_alloc(ua->mem, a->text_len);
    if (!a->text)
        return ERR_NOMEM;
    if (c->user.len > 0)
        a->responder = responder_new(ua->mem, ua->digester, c->user, c->password);
    if (c->user.len > 0 && !a->responder) {
        mem_free(ua->mem, a->text, a->text_len);
        return ERR_NOMEM;
    }
    buf_init(&b, a->text, a->text_len);
    a->address = keep(&b, c->address);
    a->contact = keep(&b, c->contact);
    a->routes = keep(&b, c->routes);
    (void)uri_parse(uri_of(a->address), &a->uri, &err);
    return OK;
}

struct str account_routes(const struct ua_identity *a)
{
    return a->service_route ? block_str(a->service_route) : a->routes;
}

void account_route(struct ua *ua, ua_account id, struct str service_route)
{
    struct ua_identity *a = account_get(ua, id);
    struct block *kept = service_route.len > 0 ? text_keep(ua, service_route) : NULL;
    if (!a || (service_route.len > 0 && !kept))
        return;
    block_unref(ua->blocks, a->service_route);
    a->service_route = kept;
}

void account_free(struct ua *ua, struct ua_identity *a)
{
    block_unref(ua->blocks, a->service_route);
    responder_free(a->responder);
    mem_free(ua->mem, a->text, a->text_len);
}

int ua_account_add(struct ua *ua, const struct ua_account_config *c, ua_account *out)
{
    struct ua_identity new = {0};
    *out = 0;
    int err = is_valid(c);
    if (err)
        return err;
    if (ua->accounts.live == LIMIT_UA_ACCOUNTS)
        return ERR_LIMIT;
    if ((err = fill(ua, &new, c)) != OK)
        return err;
    struct ua_identity *a = pool_alloc(&ua->accounts, out);
    if (!a) {
        account_free(ua, &new);
        return ERR_NOMEM;
    }
    *a = new;
    a->id = *out;
    return OK;
}

int ua_account_change(struct ua *ua, ua_account id, const struct ua_account_config *c)
{
    struct ua_identity new = {.id = id}, *a = account_get(ua, id);
    if (!a)
        return ERR_STALE;
    int err = is_valid(c);
    if (err || (err = fill(ua, &new, c)) != OK)
        return err;
    new.service_route = a->service_route;
    a->service_route = NULL;
    account_free(ua, a);
    *a = new;
    return OK;
}

int ua_account_remove(struct ua *ua, ua_account id)
{
    struct ua_identity *a = account_get(ua, id);
    if (!a)
        return ERR_STALE;
    account_free(ua, a);
    pool_free(&ua->accounts, id);
    return OK;
}

struct ua_identity *account_get(const struct ua *ua, ua_account id)
{
    return pool_get(&ua->accounts, id);
}

/* Users compare as RFC 3261 19.1.4 has it; where a host is ours the engine knows. */
static bool is_named(const struct ua_identity *a, const struct uri *uri)
{
    return uri && uri->user.len > 0 && str_equal(a->uri.user, uri->user);
}

/* The first one of this user; of several, the one that `to` names, too. */
static struct ua_identity *find(struct ua *ua, const struct uri *user, const struct uri *to)
{
    uint32_t cursor = 0;
    pool_id id;
    struct ua_identity *first = NULL;
    for (struct ua_identity *a; (a = pool_each(&ua->accounts, &cursor, &id)) != NULL;) {
        if (!is_named(a, user))
            continue;
        if (is_named(a, to) && str_equal_nocase(a->uri.host, to->host))
            return a;
        first = first ? first : a;
    }
    return first;
}

/* Our contact names the user; which domain he was called in To may tell. Who is called by a contact
 * that is not ours is named by To alone. */
struct ua_identity *account_for(struct ua *ua, struct msg *request)
{
    const struct nameaddr *to = msg_to(request);
    const struct uri *asked = to ? &to->uri : NULL;
    struct ua_identity *a = find(ua, msg_uri(request), asked);
    return a || !asked ? a : find(ua, asked, asked);
}

/* The listener that a request to `hop` would leave by, as far as that can be told beforehand. */
static const struct listener *listener_to(struct ua *ua, const struct uri *hop)
{
    unsigned transport = hop->scheme == URI_SIPS ? TRANSPORT_TLS : uri_transport(hop);
    struct addr addr = {0};
    if (transport == TRANSPORT_NONE || transport == 255)
        transport = TRANSPORT_UDP;
    if (uri_host_addr(hop, &addr)) {
        int n = engine_listener_for(ua->engine, (enum transport)transport, &addr);
        if (n >= 0)
            return engine_listener(ua->engine, (unsigned)n);
    }
    const struct listener *l;
    for (unsigned i = 0; (l = engine_listener(ua->engine, i)) != NULL; i++)
        if (l->transport == transport && !addr_is_loopback(&l->local))
            return l;
    return engine_listener(ua->engine, 0);
}

static void put_transport(struct buf *b, unsigned transport, bool secure)
{
    char name[8];
    struct buf lower;
    if (transport == TRANSPORT_UDP || (transport == TRANSPORT_TLS && secure))
        return;
    buf_init(&lower, name, sizeof name);
    buf_put_lower(&lower, str_from(transport_name((enum transport)transport)));
    buf_put_lit(b, ";transport=");
    buf_put(b, buf_str(&lower));
}

void account_put_contact(struct ua *ua, struct buf *b, const struct ua_identity *a,
                         const struct uri *hop, const struct flow *flow, bool secure)
{
    if (a && a->contact.len > 0) {
        buf_put(b, a->contact);
        return;
    }
    const struct listener *l =
        flow ? engine_listener(ua->engine, flow->listener) : listener_to(ua, hop);
    buf_put(b, secure ? STR("sips:") : STR("sip:"));
    if (a && a->uri.user.len > 0) {
        buf_put(b, a->uri.user);
        buf_put_char(b, '@');
    }
    if (!l) {
        buf_put_lit(b, "anonymous.invalid");
        return;
    }
    buf_put(b, l->host);
    if (l->local.port != transport_port(l->transport)) {
        buf_put_char(b, ':');
        buf_put_u64(b, l->local.port);
    }
    put_transport(b, l->transport, secure);
}
