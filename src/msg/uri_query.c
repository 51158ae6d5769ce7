/* Answers about a URI that was read: parameters, transport, port, address. Resolves nothing. */
#include "msg/print.h"
#include "msg/uri.h"
#include "msg/uri_text.h"

bool uri_param(const struct uri *u, struct str name, struct str *value)
{
    struct str n, v;
    if (LIKELY(u->params.len == 0))
        return false;
    for (size_t at = 0; uri_pair_next(u->params, ';', &at, &n, &v);) {
        if (!uri_text_equal(n, name, true))
            continue;
        *value = v;
        return true;
    }
    return false;
}

bool uri_has_param(const struct uri *u, struct str name)
{
    struct str value;
    return uri_param(u, name, &value);
}

bool uri_header_next(const struct uri *u, size_t *at, struct str *name, struct str *value)
{
    return uri_pair_next(u->headers, '&', at, name, value);
}

unsigned uri_transport(const struct uri *u)
{
    struct str value;
    if (!uri_param(u, STR("transport"), &value))
        return TRANSPORT_NONE;
    unsigned t = transport_of(value);
    return t == TRANSPORT_NONE ? 255 : t;
}

uint16_t uri_port(const struct uri *u)
{
    if (u->port != 0)
        return u->port;
    return u->scheme == URI_SIPS ? 5061 : 5060;
}

/* RFC 5118 4.10: "[2001:db8:::192.0.2.1]" is read with two colons. */
static bool three_colons_addr(struct str host, struct addr *out)
{
    char text[64];
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (size_t i = 0; i < host.len; i++)
        if (i < 2 || host.at[i] != ':' || host.at[i - 1] != ':' || host.at[i - 2] != ':')
            buf_put_char(&b, host.at[i]);
    return !b.over && b.len < host.len && addr_parse_ip(buf_str(&b), out);
}

bool uri_host_addr(const struct uri *u, struct addr *out)
{
    if (u->host.len == 0 || !(u->host.at[0] == '[' || lex_is(u->host.at[0], LEX_DIGIT)))
        return false;
    return addr_parse_ip(u->host, out) || three_colons_addr(u->host, out);
}
