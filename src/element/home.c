/* Owns the names that are ours: the configured domains and the listeners' addresses. Knows no user
 * and no message. */
#include "element/parts.h"

static bool sizes_fit(const struct str *domains, size_t n, size_t *size)
{
    *size = n * sizeof *domains;
    for (size_t i = 0; i < n && n <= LIMIT_DOMAINS; i++) {
        if (domains[i].len > LIMIT_REALM_BYTES)
            return false;
        *size += domains[i].len;
    }
    return n <= LIMIT_DOMAINS;
}

int home_make(struct mem *mem, struct home *h, const struct str *domains, size_t n)
{
    *h = (struct home){0};
    if (!sizes_fit(domains, n, &h->size))
        return ERR_LIMIT;
    if (n == 0)
        return OK;
    h->domains = mem_alloc(mem, h->size);
    if (!h->domains)
        return ERR_NOMEM;
    h->n = n;
    struct buf text;
    buf_init(&text, (char *)(h->domains + n), h->size - n * sizeof *h->domains);
    for (size_t i = 0; i < n; i++) {
        size_t from = text.len;
        buf_put_lower(&text, domains[i]);
        h->domains[i] = (struct str){text.at + from, text.len - from};
    }
    return OK;
}

void home_drop(struct mem *mem, struct home *h)
{
    if (h->domains)
        mem_free(mem, h->domains, h->size);
    *h = (struct home){0};
}

/* A port says something only where we listen on it: sip:user@domain:port is then a place, not a
 * name. */
static bool is_our_port(const struct element *e, uint16_t port)
{
    const struct listener *l;
    if (port == 0)
        return true;
    for (unsigned i = 0; (l = engine_listener(e->engine, i)); i++)
        if (l->port == port || l->local.port == port)
            return true;
    return false;
}

static const struct str *domain_of(const struct element *e, struct str host)
{
    for (size_t i = 0; i < e->home.n; i++)
        if (str_equal_nocase(e->home.domains[i], host))
            return &e->home.domains[i];
    return NULL;
}

static bool listens_at(const struct listener *l, const struct uri *u, const struct addr *host)
{
    if (u->port != 0 && u->port != l->port && u->port != l->local.port)
        return false;
    return str_equal_nocase(l->host, u->host) || (host && addr_equal_ip(host, &l->local));
}

static const struct listener *listener_of(const struct element *e, const struct uri *u)
{
    struct addr host;
    bool numeric = uri_host_addr(u, &host);
    const struct listener *l;
    for (unsigned i = 0; (l = engine_listener(e->engine, i)); i++)
        if (listens_at(l, u, numeric ? &host : NULL))
            return l;
    return NULL;
}

bool home_has(const struct element *e, const struct uri *u, struct uri *aor)
{
    if (u->scheme != URI_SIP && u->scheme != URI_SIPS)
        return false;
    const struct str *domain = domain_of(e, u->host);
    if (domain && !is_our_port(e, u->port) &&
        u->port != uri_port(&(struct uri){.scheme = u->scheme}))
        domain = NULL;
    if (!domain && !listener_of(e, u))
        return false;
    if (aor) {
        *aor = *u;
        aor->port = 0;
        aor->host = domain      ? *domain
                    : e->home.n ? e->home.domains[0]
                                : engine_listener(e->engine, 0)->host;
    }
    return true;
}
