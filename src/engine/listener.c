/* What the engine can send from and is called by; opens nothing. */
#include "engine/state.h"

#include <assert.h>

static void print_sent_by(struct buf *b, const struct listener *l)
{
    buf_put(b, l->host);
    buf_put_char(b, ':');
    buf_put_u64(b, l->port);
}

/* RFC 3581 3: rport asks for the answer to come back where the request came from. */
static void print_via_start(struct buf *b, const struct listener *l)
{
    buf_put_lit(b, "Via: SIP/2.0/");
    buf_put(b, str_from(transport_name(l->transport)));
    buf_put_char(b, ' ');
    print_sent_by(b, l);
    if (!transport_is_reliable(l->transport))
        buf_put_lit(b, ";rport");
    /* RFC 5923 8.1: what is sent to us may come by a connection that we made */
    if (l->transport == TRANSPORT_TLS)
        buf_put_lit(b, ";alias");
    buf_put_lit(b, ";branch=");
}

int engine_listen(struct engine *e, enum transport transport, const struct addr *local,
                  struct str host)
{
    char name[64];
    struct buf b;
    buf_init(&b, name, sizeof name);
    addr_print_host(&b, local);
    if (e->n_listeners == LIMIT_LISTENERS)
        return ERR_LIMIT;
    if (transport == TRANSPORT_NONE || addr_is_any(local) || host.len > 255)
        return ERR_INVALID;
    if (host.len == 0)
        host = buf_str(&b);
    size_t size = 2 * host.len + 64;
    char *text = mem_alloc(e->mem, size);
    if (!text)
        return ERR_NOMEM;
    struct own_listener *own = &e->listeners[e->n_listeners];
    memcpy(text, host.at, host.len);
    *own = (struct own_listener){.text = text, .text_size = size};
    own->shown = (struct listener){.transport = (uint8_t)transport,
                                   .local = *local,
                                   .host = {text, host.len},
                                   .port = local->port};
    buf_init(&b, text + host.len, size - host.len);
    print_via_start(&b, &own->shown);
    assert(!b.over);
    resolver_can(e->resolver, transport, (enum addr_family)local->family);
    own->via = buf_str(&b);
    return (int)e->n_listeners++;
}

static bool is_at(const struct listener *l, enum transport transport, uint16_t port)
{
    return (transport == TRANSPORT_NONE || l->transport == transport) &&
           l->port == (port ? port : transport_port(l->transport));
}

static bool is_local_ip(const struct engine *e, enum transport transport, const struct addr *ip,
                        uint16_t port)
{
    for (unsigned i = 0; i < e->n_listeners; i++) {
        const struct listener *l = &e->listeners[i].shown;
        if (is_at(l, transport, port) && addr_equal_ip(ip, &l->local))
            return true;
    }
    return false;
}

bool engine_is_local(const struct engine *e, enum transport transport, struct str host,
                     uint16_t port)
{
    struct addr ip;
    bool any = false;
    for (unsigned i = 0; i < e->n_listeners; i++) {
        const struct listener *l = &e->listeners[i].shown;
        if (!is_at(l, transport, port))
            continue;
        if (str_equal_nocase(host, l->host))
            return true;
        any = true;
    }
    return any && addr_parse_ip(host, &ip) && is_local_ip(e, transport, &ip, port);
}

const struct listener *engine_listener(const struct engine *e, unsigned index)
{
    return index < e->n_listeners ? &e->listeners[index].shown : NULL;
}

int engine_listener_for(const struct engine *e, enum transport transport, const struct addr *remote)
{
    int found = -1;
    bool near = addr_is_loopback(remote);
    for (unsigned i = 0; i < e->n_listeners; i++) {
        const struct listener *l = &e->listeners[i].shown;
        if (l->transport != transport || l->local.family != remote->family)
            continue;
        if (addr_is_loopback(&l->local) == near)
            return (int)i;
        if (near && found < 0)
            found = (int)i;
    }
    return found;
}
