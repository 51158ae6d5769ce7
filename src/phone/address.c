/* Owns how URIs are completed and listening addresses chosen; opens no socket that stays. */
#include "phone/address.h"

#include <string.h>

#include "net/socket.h"

static bool has_scheme(struct str text)
{
    static const struct str schemes[] = {STR_INIT("sip:"), STR_INIT("sips:"), STR_INIT("tel:")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_starts_nocase(text, schemes[i]))
            return true;
    return false;
}

static bool is_number(struct str text)
{
    return text.len > 1 && text.at[0] == '+' && strspn(text.at, "+0123456789-.()") == text.len;
}

bool address_read(struct address *a, const char *text)
{
    struct str s = str_from(text);
    struct msg_error err;
    struct buf b;
    buf_init(&b, a->text, sizeof a->text);
    if (!has_scheme(s))
        buf_put(&b, is_number(s) ? STR("tel:") : STR("sip:"));
    buf_put(&b, s);
    a->uri_text = buf_str(&b);
    return !b.over && uri_parse(a->uri_text, &a->uri, &err) && a->uri.scheme != URI_OTHER;
}

static void add(struct listen_list *l, unsigned transport, const struct addr *a)
{
    if (l->n < LIMIT_LISTENERS)
        l->list[l->n++] = (struct listen_at){.transport = (uint8_t)transport, .addr = *a};
}

static void add_all(struct listen_list *l, const struct addr *a, bool with_tls)
{
    add(l, TRANSPORT_UDP, a);
    add(l, TRANSPORT_TCP, a);
    if (with_tls)
        add(l, TRANSPORT_TLS, a);
}

/* Addresses that nobody has (RFC 5737, RFC 3849): the way to them is the way out. */
static void add_way_out(struct listen_list *l, const char *somewhere, bool with_tls)
{
    struct addr to, from;
    if (addr_parse_ip(str_from(somewhere), &to) && socket_source(&to, &from) &&
        !addr_is_loopback(&from))
        add_all(l, &from, with_tls);
}

static void add_loopback(struct listen_list *l, const char *text, bool with_tls)
{
    struct addr a;
    if (addr_parse_ip(str_from(text), &a))
        add_all(l, &a, with_tls);
}

void address_listen(const struct phone_options *o, const struct uri *hop, struct listen_list *out)
{
    struct addr to, from;
    bool by_address = hop && hop->scheme != URI_TEL && uri_host_addr(hop, &to);
    bool secure = hop && (hop->scheme == URI_SIPS || uri_transport(hop) == TRANSPORT_TLS);
    *out = o->listen;
    if (out->n > 0)
        return;
    if (by_address && socket_source(&to, &from)) {
        add_all(out, &from, secure);
        return;
    }
    bool here = hop && str_equal_nocase(hop->host, STR("localhost"));
    bool with_tls = secure || (hop && !here);
    if (!here) {
        add_way_out(out, "192.0.2.1", with_tls);
        add_way_out(out, "2001:db8::1", with_tls);
    }
    add_loopback(out, "127.0.0.1", with_tls);
    if (socket_has_ip6())
        add_loopback(out, "::1", with_tls);
}
