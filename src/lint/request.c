/* Requests: method, Request-URI, tags, Max-Forwards, size (RFC 3261 8.1.1, 10.2, 18.1.1). Knows
 * nothing of earlier messages. */
#include "rules.h"

#define DATAGRAM_MOST 1300 /* RFC 3261 18.1.1 */
#define HOPS_USUAL 70      /* RFC 3261 8.1.1.6 */

/* RFC 3261 7.1: methods are case-sensitive. */
static void method(struct lint *l, struct msg *m)
{
    if (m->method != METHOD_OTHER)
        return;
    for (unsigned i = 1; i < N_METHODS; i++)
        if (str_equal_nocase(m->method_name, method_name_of((enum method)i))) {
            lint_note_at(l, m, LINT_METHOD_CASE, m->method_name, HDR_NONE);
            return;
        }
    lint_note_at(l, m, LINT_METHOD_UNKNOWN, m->method_name, HDR_NONE);
}

/* RFC 3261 8.1.1.3, 8.1.1.2, 12.2.1.1; 10.2 */
static void parties(struct lint *l, struct msg *m)
{
    static const bool within[N_METHODS] = {
        [METHOD_ACK] = true,    [METHOD_BYE] = true,  [METHOD_PRACK] = true,
        [METHOD_UPDATE] = true, [METHOD_INFO] = true, [METHOD_NOTIFY] = true};
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    if (from && from->tag.len == 0)
        lint_note_at(l, m, LINT_FROM_WITHOUT_TAG, from->text, HDR_FROM);
    if (!to)
        return;
    if (to->tag.len == 0 && within[m->method])
        lint_note_at(l, m, LINT_NO_DIALOG, to->text, HDR_TO);
    else if (to->tag.len > 0 && m->method == METHOD_REGISTER)
        lint_note_at(l, m, LINT_REGISTER_TO_TAG, to->tag, HDR_TO);
    if (m->method == METHOD_REGISTER && to->uri.scheme != URI_SIP && to->uri.scheme != URI_SIPS)
        lint_note_at(l, m, LINT_REGISTER_TO_SCHEME, to->uri_text, HDR_TO);
}

/* RFC 3261 8.2.2.1; urn is of emergency calls (RFC 5031), pres and im of RFC 3861. */
static bool is_known_scheme(const struct uri *u)
{
    static const struct str others[] = {STR_INIT("urn"), STR_INIT("pres"), STR_INIT("im")};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (str_equal_nocase(u->scheme_name, others[i]))
            return true;
    return u->scheme != URI_OTHER;
}

static void request_uri(struct lint *l, struct msg *m)
{
    const struct uri *u = msg_uri(m);
    if (!u)
        return;
    if (m->method == METHOD_REGISTER && u->user.at)
        lint_note_at(l, m, LINT_REGISTER_URI, u->user, HDR_NONE);
    if (uri_has_param(u, STR("method")))
        lint_note_at(l, m, LINT_URI_METHOD, u->params, HDR_NONE);
    if (u->password.at)
        lint_note_at(l, m, LINT_URI_PASSWORD, u->password, HDR_NONE);
    if (!is_known_scheme(u))
        lint_note_at(l, m, LINT_URI_SCHEME, u->text, HDR_NONE);
}

static void hops(struct lint *l, struct msg *m)
{
    int n = msg_max_forwards(m);
    if (n > HOPS_USUAL)
        lint_note_header(l, m, LINT_HOPS_MANY, HDR_MAX_FORWARDS);
    else if (n == 0 && m->method != METHOD_OPTIONS && m->method != METHOD_REGISTER)
        lint_note_header(l, m, LINT_HOPS_NONE, HDR_MAX_FORWARDS);
}

static void size(struct lint *l, struct msg *m)
{
    const struct via *v = msg_via(m);
    if (v && v->transport == TRANSPORT_UDP && m->bytes.len > DATAGRAM_MOST)
        lint_note_start(l, LINT_DATAGRAM_LONG, HDR_NONE);
}

void lint_request(struct lint *l, struct msg *m)
{
    if (!m->is_request)
        return;
    method(l, m);
    parties(l, m);
    request_uri(l, m);
    hops(l, m);
    size(l, m);
}
