/* From a next hop's URI to a flow, as far as RFC 3263 needs no name server. Sends nothing. */
#include "engine/state.h"

static bool has_listener(const struct engine *e, unsigned transport)
{
    for (unsigned i = 0; i < e->n_listeners; i++)
        if (e->listeners[i].shown.transport == transport)
            return true;
    return false;
}

/* RFC 3263 4.1: without NAPTR and SRV records: UDP for sip, TLS over TCP for sips. */
static unsigned default_transport(const struct engine *e, const struct hop *h)
{
    if (h->secure)
        return TRANSPORT_TLS;
    return has_listener(e, TRANSPORT_UDP) ? TRANSPORT_UDP : TRANSPORT_TCP;
}

static bool localhost(const struct engine *e, unsigned transport, struct addr *out)
{
    struct addr loopback;
    (void)addr_parse_ip(STR("127.0.0.1"), &loopback);
    if (engine_listener_for(e, transport, &loopback) < 0)
        (void)addr_parse_ip(STR("::1"), &loopback);
    *out = loopback;
    return true;
}

/* RFC 6761 6.4: no host has such a name; browsers call themselves so (RFC 7118 8.1). */
static bool is_nobodys(struct str host)
{
    return str_equal_nocase(host, STR("invalid")) || str_ends_nocase(host, STR(".invalid"));
}

bool only_peer_dials(const struct engine *e, unsigned transport)
{
    return transport_is_web(transport) && !e->config.dials_web;
}

/* RFC 3261 26.2.2: sips says that it be secure, transport what below it (RFC 5630 3.1.4). */
static unsigned asked_transport(const struct uri *u)
{
    unsigned transport = uri_transport(u);
    if (u->scheme == URI_SIPS && transport == TRANSPORT_TCP)
        return TRANSPORT_TLS;
    if (u->scheme == URI_SIPS && transport == TRANSPORT_WS)
        return TRANSPORT_WSS;
    return transport;
}

/* What needs no name server is as whole as it will be. */
static int settle_place(const struct engine *e, struct hop *h, bool numeric)
{
    if (h->transport == TRANSPORT_NONE)
        h->transport = (uint8_t)default_transport(e, h);
    if (!has_listener(e, h->transport))
        return ERR_NO_ROUTE;
    h->numeric = numeric || localhost(e, h->transport, &h->addr);
    if (h->port == 0)
        h->port = transport_port(h->transport);
    h->addr.port = h->port;
    return OK;
}

static int settle(const struct engine *e, struct hop *h)
{
    if (only_peer_dials(e, h->transport))
        return ERR_NO_ROUTE;
    bool numeric = addr_parse_ip(h->name, &h->addr);
    if (numeric || str_equal_nocase(h->name, STR("localhost")))
        return settle_place(e, h, numeric);
    /* RFC 1034 3.1: the dot at the end names the root and is no part of the name */
    if (h->name.len > 1 && h->name.at[h->name.len - 1] == '.')
        h->name.len--;
    if (is_nobodys(h->name))
        return ERR_NO_ROUTE;
    return h->transport == TRANSPORT_NONE || has_listener(e, h->transport) ? OK : ERR_NO_ROUTE;
}

int hop_of_sent_by(const struct engine *e, const struct via *v, struct hop *h)
{
    *h = (struct hop){
        .transport = v->transport, .domain = v->host, .name = v->host, .port = v->port};
    return v->transport == TRANSPORT_NONE ? ERR_NO_ROUTE : settle(e, h);
}

int hop_of(const struct engine *e, const struct uri *u, struct hop *h)
{
    unsigned transport = asked_transport(u);
    if ((u->scheme != URI_SIP && u->scheme != URI_SIPS) || transport > TRANSPORT_SCTP)
        return ERR_NO_ROUTE;
    *h = (struct hop){.transport = (uint8_t)transport,
                      .secure = u->scheme == URI_SIPS,
                      .domain = u->host,
                      .name = u->host,
                      .port = u->port};
    struct str maddr;
    /* RFC 3263 4: the target is maddr where there is one */
    if (uri_param(u, STR("maddr"), &maddr) && maddr.len)
        h->name = maddr;
    return settle(e, h);
}

int hop_expect(struct engine *e, struct parcel *p, unsigned transport, struct str domain)
{
    if (p->domain || !transport_is_secure(transport) || domain.len == 0)
        return OK;
    p->domain = block_new(&e->blocks, domain.len);
    if (!p->domain)
        return ERR_NOMEM;
    memcpy(p->domain->bytes, domain.at, domain.len);
    p->domain->len = (uint32_t)domain.len;
    return OK;
}

int route_to(const struct engine *e, unsigned transport, const struct addr *remote,
             struct flow *flow)
{
    int i = engine_listener_for(e, transport, remote);
    if (i < 0 || only_peer_dials(e, transport) || remote->port == 0 || addr_is_any(remote))
        return ERR_NO_ROUTE;
    *flow = (struct flow){.transport = (uint8_t)transport,
                          .listener = (uint8_t)i,
                          .local = e->listeners[i].shown.local,
                          .remote = *remote};
    return OK;
}

bool flow_is_alive(const struct engine *e, const struct flow *f)
{
    if (f->listener >= e->n_listeners)
        return false;
    if (!transport_is_reliable(f->transport))
        return true;
    if (f->conn == 0)
        return false;
    return f->conn >> 56 != e->config.worker || conn_get(e, f->conn) != NULL;
}
