/* Where a server is found: RFC 3263 4 over what is known, from the beginning each time that more is
 * known. Asks for what is missing, as much at once as may be. */
#include "resolve/order.h"
#include "resolve/parts.h"

/* A look from the beginning: what is missing makes it one of those that will be repeated. */
struct find {
    struct resolver *r;
    struct search *s;
    time_ns now;
    bool waits;
};

static const struct dns_answer *look(struct find *f, struct str name, uint16_t type)
{
    const struct dns_answer *a = search_look(f->r, f->s, name, type, f->now);
    if (!a && !f->s->over)
        f->waits = true;
    return a;
}

/* RFC 1034 3.6.2: an alias whose end did not come with it is asked for in turn. */
static const struct dns_answer *look_through(struct find *f, struct str name, uint16_t type)
{
    const struct dns_answer *a = look(f, name, type);
    for (unsigned i = 0; a && a->alias.len > 0 && i < LIMIT_DNS_CHAIN; i++)
        a = look(f, a->alias, type);
    return a;
}

static bool has_records(const struct dns_answer *a)
{
    return a && a->status == DNS_OK;
}

/* --- transports --- */

static bool can(const struct find *f, unsigned transport)
{
    return transport < RESOLVE_TRANSPORTS && f->r->families[transport] != 0;
}

static uint16_t default_port(unsigned transport)
{
    if (transport == TRANSPORT_WS)
        return 80; /* RFC 7118 5.5 */
    if (transport == TRANSPORT_WSS)
        return 443;
    return transport == TRANSPORT_TLS ? 5061 : 5060;
}

/* RFC 3263 4.1 */
static unsigned default_transport(const struct find *f)
{
    if (f->s->request.secure)
        return TRANSPORT_TLS;
    return can(f, TRANSPORT_UDP) ? TRANSPORT_UDP : TRANSPORT_TCP;
}

static struct str service_of(unsigned transport)
{
    switch (transport) {
    case TRANSPORT_UDP:
        return STR("_sip._udp.");
    case TRANSPORT_TCP:
        return STR("_sip._tcp.");
    case TRANSPORT_TLS:
        return STR("_sips._tcp.");
    case TRANSPORT_SCTP:
        return STR("_sip._sctp.");
    default:
        return STR_NONE; /* RFC 7118 5.5 names no SRV service for WebSocket */
    }
}

/* --- addresses --- */

static void add_target(struct search *s, unsigned transport, const struct addr *a, uint16_t port)
{
    struct resolve_target t = {(uint8_t)transport, *a};
    t.addr.port = port;
    if (s->n_targets == LIMIT_RESOLVE_TARGETS || port == 0 || addr_is_any(a) ||
        addr_is_multicast(a))
        return;
    for (unsigned i = 0; i < s->n_targets; i++)
        if (s->targets[i].transport == transport && addr_equal(&s->targets[i].addr, &t.addr))
            return;
    s->targets[s->n_targets++] = t;
}

static unsigned gather(const struct dns_answer *a, struct addr *list, unsigned n)
{
    if (!has_records(a))
        return n;
    for (unsigned i = 0; i < a->n && i < LIMIT_RESOLVE_ADDRESSES; i++)
        list[n++] = a->records[i].addr;
    return n;
}

/* RFC 7984 4: both families, as far as we can send to them, asked for at the same time. */
static void add_host(struct find *f, unsigned transport, struct str name, uint16_t port)
{
    struct addr list[2 * LIMIT_RESOLVE_ADDRESSES];
    unsigned n = 0, families = f->r->families[transport];
    if (families & FAMILY_IP6)
        n = gather(look_through(f, name, DNS_AAAA), list, n);
    if (families & FAMILY_IP4)
        n = gather(look_through(f, name, DNS_A), list, n);
    order_addrs(list, n);
    for (unsigned i = 0; i < n && i < LIMIT_RESOLVE_ADDRESSES; i++)
        add_target(f->s, transport, &list[i], port);
}

/* --- SRV --- */

/* RFC 2782: the root as the one target: the service is decidedly not offered. */
static bool is_refusal(const struct dns_answer *a)
{
    return a->n == 1 && a->records[0].srv.target.len == 0;
}

static void add_services(struct find *f, unsigned transport, const struct dns_answer *a)
{
    uint8_t order[LIMIT_DNS_RECORDS];
    if (is_refusal(a))
        return;
    order_srv(a, f->s->request.order, order);
    for (unsigned i = 0; i < a->n && i < LIMIT_RESOLVE_TARGETS; i++) {
        const struct dns_srv *srv = &a->records[order[i]].srv;
        if (srv->target.len > 0)
            add_host(f, transport, srv->target, srv->port);
    }
}

static const struct dns_answer *look_service(struct find *f, unsigned transport)
{
    char text[DNS_NAME_MAX];
    struct buf name;
    struct str service = service_of(transport);
    buf_init(&name, text, sizeof text);
    buf_put(&name, service);
    buf_put(&name, f->s->request.host);
    return service.len == 0 || name.over ? NULL : look_through(f, buf_str(&name), DNS_SRV);
}

/* RFC 3263 4.2: by the services of a transport; without such records the host's own addresses. */
static void by_transport(struct find *f, unsigned transport)
{
    const struct dns_answer *a = look_service(f, transport);
    if (has_records(a))
        add_services(f, transport, a);
    else if (!f->waits)
        add_host(f, transport, f->s->request.host, default_port(transport));
}

/* RFC 3263 4.1: no NAPTR records: whichever transport of ours has a service, ours first. */
static void by_services(struct find *f)
{
    static const uint8_t plain[] = {TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_SCTP};
    const struct dns_answer *found[sizeof plain] = {NULL};
    for (unsigned i = 0; i < sizeof plain; i++)
        if (can(f, plain[i]) && (!f->s->request.secure || transport_is_secure(plain[i])))
            found[i] = look_service(f, plain[i]);
    if (f->waits)
        return;
    for (unsigned i = 0; i < sizeof plain; i++) {
        if (!has_records(found[i]))
            continue;
        add_services(f, plain[i], found[i]);
        return;
    }
    unsigned transport = default_transport(f);
    if (can(f, transport))
        add_host(f, transport, f->s->request.host, default_port(transport));
}

/* --- NAPTR --- */

struct service {
    const char *name;
    uint8_t transport;
    bool secure;
};

/* RFC 3263 4.1, RFC 7118 5.5 and IANA's registry. */
static const struct service services[] = {
    {"SIP+D2U", TRANSPORT_UDP, false}, {"SIP+D2T", TRANSPORT_TCP, false},
    {"SIPS+D2T", TRANSPORT_TLS, true}, {"SIP+D2S", TRANSPORT_SCTP, false},
    {"SIP+D2W", TRANSPORT_WS, false},  {"SIPS+D2W", TRANSPORT_WSS, true},
};

/* The transport of a record that we can use; TRANSPORT_NONE: it is none. */
static unsigned usable(const struct find *f, const struct dns_naptr *n)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        const struct service *s = &services[i];
        if (str_equal_nocase(str_from(s->name), n->services) &&
            (s->secure || !f->s->request.secure) && can(f, s->transport))
            return s->transport;
    }
    return TRANSPORT_NONE;
}

/* RFC 3403 4.1: flag S leads to SRV records, A to addresses; none to other NAPTR records, which
 * RFC 3263 has no use for, nor for rewriting. */
static void add_naptr(struct find *f, unsigned transport, const struct dns_naptr *n)
{
    if (n->regexp.len > 0 || n->replacement.len == 0)
        return;
    if (str_equal_nocase(n->flags, STR("a"))) {
        add_host(f, transport, n->replacement, default_port(transport));
    } else if (str_equal_nocase(n->flags, STR("s"))) {
        const struct dns_answer *a = look_through(f, n->replacement, DNS_SRV);
        if (has_records(a))
            add_services(f, transport, a);
    }
}

/* RFC 3403 4.1: of those that we can use the ones of the least order, by preference. False: none.
 */
static bool by_naptr(struct find *f, const struct dns_answer *a)
{
    uint8_t order[LIMIT_DNS_RECORDS];
    const struct dns_naptr *first = NULL;
    order_naptr(a, order);
    for (unsigned i = 0; i < a->n; i++) {
        const struct dns_naptr *n = &a->records[order[i]].naptr;
        unsigned transport = usable(f, n);
        if (transport == TRANSPORT_NONE)
            continue;
        first = first ? first : n;
        if (n->order != first->order)
            break;
        add_naptr(f, transport, n);
    }
    return first != NULL;
}

/* RFC 3263 4.1: with neither port nor transport the domain says which transports it has. */
static void by_domain(struct find *f)
{
    const struct dns_answer *a = look_through(f, f->s->request.host, DNS_NAPTR);
    if (f->waits)
        return;
    if (!has_records(a) || !by_naptr(f, a))
        by_services(f);
}

bool find_targets(struct resolver *r, struct search *s, time_ns now)
{
    struct find f = {.r = r, .s = s, .now = now};
    const struct resolve_request *q = &s->request;
    unsigned transport = q->transport != TRANSPORT_NONE ? q->transport : default_transport(&f);
    if (q->port != 0 && can(&f, transport))
        add_host(&f, transport, q->host, q->port);
    else if (q->port == 0 && q->transport != TRANSPORT_NONE && can(&f, transport))
        by_transport(&f, transport);
    else if (q->port == 0 && q->transport == TRANSPORT_NONE)
        by_domain(&f);
    return !f.waits;
}
