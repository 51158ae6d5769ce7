/* Reads the URIs of listeners; opens none. */
#include "config/listener.h"

#define SIP_PORT 5060

static const char *read_transport(struct str name, uint8_t *out)
{
    static const char *const known[] = {"tls", "ws", "wss", "sctp"};

    if (str_equal_nocase(name, STR("udp")))
        *out = TRANSPORT_UDP;
    else if (str_equal_nocase(name, STR("tcp")))
        *out = TRANSPORT_TCP;
    else
        *out = TRANSPORT_NONE;
    if (*out != TRANSPORT_NONE)
        return NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_equal_nocase(name, str_from(known[i])))
            return "this transport is not supported: udp and tcp are";
    return "unknown transport: expected udp:HOST:PORT or tcp:HOST:PORT";
}

/* Cuts "HOST:PORT" or "HOST" at the last colon that is not inside brackets. */
static const char *split_port(struct str text, struct str *host, uint16_t *port)
{
    size_t bracket = str_find(text, ']');
    size_t from = bracket < text.len ? bracket : 0;
    size_t colon = from + str_find(str_slice(text, from, text.len), ':');
    uint64_t n = SIP_PORT;

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
    uint16_t port;

    *out = (struct config_listener){0};
    const char *wrong = read_transport(str_slice(text, 0, colon), &out->transport);

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
