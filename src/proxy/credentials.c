/* The credentials that were for this proxy go no further (RFC 3261 22.3). Checks none. */
#include "proxy/forward.h"

static bool is_listener(const struct proxy *p, struct str host)
{
    const struct listener *l;
    for (unsigned i = 0; (l = engine_listener(p->engine, i)); i++)
        if (str_equal_nocase(l->host, host))
            return true;
    return false;
}

static bool is_for_us(const struct proxy *p, const struct auth *a)
{
    struct str realm;
    if (!a || !str_equal_nocase(a->scheme, STR("Digest")) || !auth_param(a, STR("realm"), &realm))
        return false;
    return p->config.n_domains > 0 ? host_is_domain(p, realm) : is_listener(p, realm);
}

void forward_credentials(const struct proxy *p, struct forward *f, struct msg *m)
{
    if (!p->config.takes_credentials)
        return;
    for (struct hdr *h = msg_header(m, HDR_PROXY_AUTHORIZATION); h; h = msg_header_next(m, h))
        if (is_for_us(p, msg_typed(m, h)))
            edits_remove_header(&f->edits, h);
}
