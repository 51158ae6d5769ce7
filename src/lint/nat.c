/* Addresses that nobody outside reaches, in a message that has been outside (RFC 3261 8.1.1.8,
 * RFC 1918, RFC 5626 4.2). */
#include "rules.h"

#include "base/addr.h"

bool lint_is_private(const struct addr *a)
{
    const uint8_t *ip = a->ip;
    if (a->family == ADDR_IP6)
        return (ip[0] & 0xfe) == 0xfc || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
    return a->family == ADDR_IP4 &&
           (ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) ||
            (ip[0] == 192 && ip[1] == 168) || (ip[0] == 100 && (ip[1] & 0xc0) == 64) ||
            (ip[0] == 169 && ip[1] == 254));
}

static bool is_public(struct str text)
{
    struct addr a;
    return addr_parse_ip(text, &a) && !lint_is_private(&a) && !addr_is_loopback(&a) &&
           !addr_is_any(&a);
}

bool lint_came_far(struct msg *m)
{
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v))
        if (is_public(v->received) || is_public(v->host))
            return true;
    return false;
}

void lint_nat(struct lint *l, struct msg *m)
{
    struct addr a;
    for (const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL); c;
         c = msg_nameaddr_next(m, HDR_CONTACT, c))
        if (!c->star && (c->uri.scheme == URI_SIP || c->uri.scheme == URI_SIPS) &&
            uri_host_addr(&c->uri, &a) && lint_is_private(&a) && lint_came_far(m))
            lint_note_at(l, m, LINT_CONTACT_PRIVATE, c->text, HDR_CONTACT);
}
