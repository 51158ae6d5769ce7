/* Contact: how many, of which scheme, for how long (RFC 3261 8.1.1.8, 10, 12.1; RFC 5630 4;
 * RFC 5626 4.2). Whether its address can be reached is nat.c's. */
#include "rules.h"

/* Who asks for a dialog, or refreshes its target, or answers so, names one place. */
static bool makes_dialog(const struct msg *m)
{
    static const bool methods[N_METHODS] = {[METHOD_INVITE] = true,
                                            [METHOD_SUBSCRIBE] = true,
                                            [METHOD_REFER] = true,
                                            [METHOD_UPDATE] = true,
                                            [METHOD_NOTIFY] = true};
    return methods[m->method] && (m->is_request || (m->status > 100 && m->status < 300));
}

/* RFC 3261 10.2.2: only to remove all bindings. */
static void star(struct lint *l, struct msg *m, const struct nameaddr *c)
{
    const struct number *expires = msg_single(m, HDR_EXPIRES);
    if (!lint_is_method(m, METHOD_REGISTER) || !expires || expires->value != 0)
        lint_note_at(l, m, LINT_CONTACT_STAR, c->text, HDR_CONTACT);
}

/* RFC 3261 8.1.1.8, 12.1.1; RFC 5630 4 */
static bool wants_sips(struct msg *m)
{
    const struct uri *u = m->is_request ? msg_uri(m) : NULL;
    const struct nameaddr *route = m->is_request ? msg_nameaddr_next(m, HDR_ROUTE, NULL) : NULL;
    return (u && u->scheme == URI_SIPS) || (route && route->uri.scheme == URI_SIPS);
}

static void target(struct lint *l, struct msg *m, const struct nameaddr *c, unsigned n)
{
    enum uri_scheme scheme = c->uri.scheme;
    struct addr a;
    if (n > 1)
        lint_note_at(l, m, LINT_CONTACT_MANY, c->text, HDR_CONTACT);
    if (scheme != URI_SIP && scheme != URI_SIPS)
        lint_note_at(l, m, LINT_CONTACT_SCHEME, c->text, HDR_CONTACT);
    else if (scheme == URI_SIP && wants_sips(m))
        lint_note_at(l, m, LINT_CONTACT_NOT_SIPS, c->text, HDR_CONTACT);
    if (uri_host_addr(&c->uri, &a) && addr_is_any(&a))
        lint_note_at(l, m, LINT_CONTACT_NOWHERE, c->text, HDR_CONTACT);
}

/* RFC 3261 10.3 step 8, 10.2.1.1 */
static void lifetime(struct lint *l, struct msg *m, const struct nameaddr *c)
{
    const struct number *expires = msg_single(m, HDR_EXPIRES);
    struct str value;
    uint64_t own;
    bool has_own = params_get(c->params, STR("expires"), &value) && value.at;
    if (!m->is_request && m->status / 100 == 2 && !has_own && !expires)
        lint_note_at(l, m, LINT_CONTACT_NO_EXPIRES, c->text, HDR_CONTACT);
    if (has_own && !str_to_u64(value, UINT32_MAX, &own))
        lint_note_at(l, m, LINT_CONTACT_BAD_EXPIRES, value, HDR_CONTACT);
    else if (has_own && m->is_request && expires && expires->value != own)
        lint_note_at(l, m, LINT_CONTACT_TWO_EXPIRES, value, HDR_CONTACT);
}

static void parameters(struct lint *l, struct msg *m, const struct nameaddr *c)
{
    struct str value;
    uint16_t q;
    if (params_get(c->params, STR("q"), &value) && !qvalue_parse(value, &q))
        lint_note_at(l, m, LINT_CONTACT_Q, c->text, HDR_CONTACT);
    if (lint_is_method(m, METHOD_REGISTER) && params_get(c->params, STR("reg-id"), &value) &&
        !params_get(c->params, STR("+sip.instance"), &value))
        lint_note_at(l, m, LINT_REG_ID_ALONE, c->text, HDR_CONTACT);
    /* RFC 3261 26.2.2, RFC 5630 4 */
    if (uri_param(&c->uri, STR("transport"), &value) && str_equal_nocase(value, STR("tls")))
        lint_note_at(l, m, LINT_TRANSPORT_TLS, value, HDR_CONTACT);
}

void lint_contacts(struct lint *l, struct msg *m)
{
    bool dialog = makes_dialog(m);
    unsigned n = 0;
    for (const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL); c;
         c = msg_nameaddr_next(m, HDR_CONTACT, c)) {
        if (c->star) {
            star(l, m, c);
            continue;
        }
        if (dialog)
            target(l, m, c, ++n);
        if (m->method == METHOD_REGISTER)
            lifetime(l, m, c);
        parameters(l, m, c);
    }
}
