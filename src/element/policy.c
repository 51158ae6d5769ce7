/* Owns the rule of who may have requests relayed to places that are not ours: never an open relay.
 * Changes nothing. */
#include "element/parts.h"

static bool is_loopback_name(struct str host)
{
    struct addr a;
    return str_equal_nocase(host, STR("localhost")) ||
           (addr_parse_ip(host, &a) && addr_is_loopback(&a));
}

/* RFC 3263 4: maddr, where there is one, is where the request really goes. */
static bool leads_to_loopback(const struct uri *u)
{
    struct str maddr;
    if (u->scheme != URI_SIP && u->scheme != URI_SIPS)
        return false;
    if (uri_param(u, STR("maddr"), &maddr) && !is_loopback_name(maddr))
        return false;
    return is_loopback_name(u->host);
}

/* Every value that is not ours, whichever of them turns out to be the next hop. */
static bool route_leads_to_loopback(const struct element *e, struct msg *m)
{
    for (const struct nameaddr *v = msg_nameaddr_next(m, HDR_ROUTE, NULL); v;
         v = msg_nameaddr_next(m, HDR_ROUTE, v))
        if (!leads_to_loopback(&v->uri) &&
            !(home_has(e, &v->uri, NULL) && !uri_has_param(&v->uri, STR("maddr"))))
            return false;
    return true;
}

enum policy policy_of(const struct element *e, struct msg *m, const struct uri *hop,
                      struct uri *sender)
{
    if (e->relay_loopback && addr_is_loopback(&m->flow.remote) &&
        (hop ? leads_to_loopback(hop) : route_leads_to_loopback(e, m)))
        return POLICY_RELAY;
    const struct nameaddr *from = msg_from(m);
    if (from && home_has(e, &from->uri, sender) && sender->user.at && sender->user.len > 0)
        return POLICY_ASK;
    return POLICY_REFUSE;
}
