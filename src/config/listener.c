/* Reads the URIs of listeners; opens none. */
#include "config/listener.h"

static const struct {
    const char *name;
    uint8_t transport; /* TRANSPORT_NONE: not supported */
} known[] = {{"udp", TRANSPORT_UDP}, {"tcp", TRANSPORT_TCP}, {"tls", TRANSPORT_TLS},
             {"ws", TRANSPORT_WS},   {"wss", TRANSPORT_WSS}, {"sctp", TRANSPORT_NONE}};

static const char *read_transport(struct str name, uint8_t *out, uint16_t *port)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (!str_equal_nocase(name, str_from(known[i].name)))
            continue;
        *out = known[i].transport;
        *port = transport_port(*out);
        return *out == TRANSPORT_NONE
                   ? "this transport is not supported: udp, tcp, tls, ws and wss are"
                   : NULL;
    }
    return "unknown transport: expected udp:HOST:PORT, or tcp, tls, ws or wss in its place";
}

const char *config_listener_word(unsigned transport)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].transport == transport)
            return known[i].name;
    return "";
}

/* Cuts "HOST:PORT" or "HOST", which leaves *port as it is, at the last colon that is not inside
 * brackets. */
static const char *split_port(struct str text, struct str *host, uint16_t *port)
{
    size_t bracket = str_find(text, ']');
    size_t from = bracket < text.len ? bracket : 0;
    size_t colon = from + str_find(str_slice(text, from, text.len), ':');
    uint64_t n = *port;

    *host = str_slice(text, 0, colon);
    if (colon < text.len && !str_to_u64(str_slice(text, colon + 1, text.len), UINT16_MAX, &n))
        return "bad port: expected a number from 0 to 65535; IPv6 addresses stand in brackets";
    *port = (uint16_t)n;
    return NULL;
}

const char *config_listener_parse(struct str text, struct config_listener *out)
{
    size_t colon = str_find(text, ':');
    struct str host;
    uint16_t port = 0;

    *out = (struct config_listener){0};
    const char *wrong = read_transport(str_slice(text, 0, colon), &out->transport, &port);

    if (!wrong)
        wrong = split_port(str_slice(text, colon + 1, text.len), &host, &port);
    if (wrong)
        return wrong;
    out->localhost = str_equal_nocase(host, STR("localhost"));
    if (!out->localhost && !addr_parse_ip(host, &out->addr))
        return "bad host: expected an IP address (IPv6 in brackets) or localhost";
    if (addr_is_multicast(&out->addr))
        return "a multicast address cannot be listened on";
    out->addr.port = port;
    return NULL;
}
