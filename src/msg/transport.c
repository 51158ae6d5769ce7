/* The names of transports as Via and URIs write them. RFC 3261 20.42, RFC 7118 5.1, RFC 4168 4. */
#include "msg/print.h"

static const char *const names[] = {
    [TRANSPORT_NONE] = "",     [TRANSPORT_UDP] = "UDP", [TRANSPORT_TCP] = "TCP",
    [TRANSPORT_TLS] = "TLS",   [TRANSPORT_WS] = "WS",   [TRANSPORT_WSS] = "WSS",
    [TRANSPORT_SCTP] = "SCTP",
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *transport_name(enum transport transport)
{
    return (unsigned)transport < N_NAMES ? names[transport] : "";
}

enum transport transport_of(struct str name)
{
    for (unsigned i = TRANSPORT_UDP; i < N_NAMES; i++)
        if (str_equal_nocase(name, str_from(names[i])))
            return (enum transport)i;
    return TRANSPORT_NONE;
}
