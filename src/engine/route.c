/* From a next hop's URI to a flow, as far as RFC 3263 needs no NAPTR or SRV records. Sends nothing.
 */
#include "engine/state.h"

static bool has_listener(const struct engine *e, unsigned transport)
{
    for (unsigned i = 0; i < e->n_listeners; i++)
        if (e->listeners[i].shown.transport == transport)
            return true;
    return false;
}

/* RFC 3263 4.1: without NAPTR and SRV records: UDP for sip, TLS over TCP for sips. */
static unsigned default_transport(const struct engine *e, const struct uri *u)
{
    if (u->scheme == URI_SIPS)
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

int hop_of(const struct engine *e, const struct uri *u, struct hop *h)
{
    if (u->scheme != URI_SIP && u->scheme != URI_SIPS)
        return ERR_NO_ROUTE;
    unsigned transport = uri_transport(u);
    if (transport == TRANSPORT_NONE)
        transport = default_transport(e, u);
    else if (u->scheme == URI_SIPS && transport == TRANSPORT_TCP)
        transport = TRANSPORT_TLS;
    if (transport > TRANSPORT_SCTP || !has_listener(e, transport))
        return ERR_NO_ROUTE;
    *h = (struct hop){
        .transport = (uint8_t)transport, .domain = u->host, .name = u->host, .port = u->port};
    if (h->port == 0)
        h->port = transport == TRANSPORT_TLS || transport == TRANSPORT_WSS ? 5061 : 5060;
    struct str maddr;
    /* RFC 3263 4: the target is maddr where there is one */
    if (uri_param(u, STR("maddr"), &maddr) && maddr.len)
        h->name = maddr;
    h->numeric = addr_parse_ip(h->name, &h->addr) ||
                 (str_equal_nocase(h->name, STR("localhost")) && localhost(e, transport, &h->addr));
    h->addr.port = h->port;
    return OK;
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
    if (i < 0 || remote->port == 0 || addr_is_any(remote))
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
