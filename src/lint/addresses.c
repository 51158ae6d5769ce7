/* Addresses as they are written and where they cannot lead (RFC 3261 18.1.1, 18.2.2, RFC 5118). */
#include "rules.h"

/* RFC 5118 4.10: the grammar of RFC 3261 let three pass in front of an IPv4 address. */
static void colons(struct lint *l, struct msg *m, struct str host, enum hdr_id header)
{
    for (size_t i = 0; i + 3 <= host.len; i++)
        if (str_equal(str_slice(host, i, 3), STR(":::"))) {
            lint_note_at(l, m, LINT_THREE_COLONS, host, header);
            return;
        }
}

static void uris(struct lint *l, struct msg *m, enum hdr_id header)
{
    for (const struct nameaddr *v = msg_nameaddr_next(m, header, NULL); v;
         v = msg_nameaddr_next(m, header, v))
        if (!v->star)
            colons(l, m, v->uri.host, header);
}

static bool is_nowhere(const struct addr *a)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    return addr_is_any(a) || addr_is_multicast(a) ||
           (a->family == ADDR_IP4 && memcmp(a->ip, broadcast, sizeof(broadcast)) == 0);
}

/* RFC 5118 4.5 */
static void received(struct lint *l, struct msg *m, const struct via *v)
{
    struct str value;
    if (params_get(v->params, STR("received"), &value) && value.len > 0 && value.at[0] == '[')
        lint_note_at(l, m, LINT_RECEIVED_BRACKETS, value, HDR_VIA);
}

void lint_addresses(struct lint *l, struct msg *m)
{
    static const enum hdr_id headers[] = {HDR_FROM, HDR_TO, HDR_CONTACT};
    const struct uri *u = m->is_request ? msg_uri(m) : NULL;
    struct addr a;
    if (u)
        colons(l, m, u->host, HDR_NONE);
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        uris(l, m, headers[i]);
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v)) {
        colons(l, m, v->host, HDR_VIA);
        received(l, m, v);
        if (addr_parse_ip(v->host, &a) && is_nowhere(&a))
            lint_note_at(l, m, LINT_VIA_NOWHERE, v->host, HDR_VIA);
    }
}
