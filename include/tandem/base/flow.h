/* Where bytes came from and where they go: a datagram's two ends, or a connection. RFC 5626's word.
 */
#ifndef TANDEM_BASE_FLOW_H
#define TANDEM_BASE_FLOW_H

#include "base/addr.h"

enum transport {
    TRANSPORT_NONE,
    TRANSPORT_UDP,
    TRANSPORT_TCP,
    TRANSPORT_TLS,
    TRANSPORT_WS,
    TRANSPORT_WSS,
    TRANSPORT_SCTP
};

/* A connection's id: the worker that owns it in the top byte, below it that worker's pool id. 0:
 * none. */
typedef uint64_t conn_id;

struct flow {
    uint8_t transport; /* enum transport */
    uint8_t listener;  /* index of the listener that it came through or leaves by */
    bool trusted;      /* its far end has proved a name that is trusted (engine_trust) */
    struct addr local;
    struct addr remote;
    conn_id conn; /* 0 for datagrams */
};

static inline bool transport_is_reliable(unsigned t)
{
    return t > TRANSPORT_UDP;
}

static inline bool transport_is_secure(unsigned t)
{
    return t == TRANSPORT_TLS || t == TRANSPORT_WSS;
}

/* RFC 7118: browsers cannot be connected to: what their own connections do not lead to is not
 * reached. Each message comes and goes as a whole. */
static inline bool transport_is_web(unsigned t)
{
    return t == TRANSPORT_WS || t == TRANSPORT_WSS;
}

/* Where nothing names a port: RFC 3261 19.1.2, RFC 7118 5.5. */
static inline uint16_t transport_port(unsigned t)
{
    if (t == TRANSPORT_WS)
        return 80;
    if (t == TRANSPORT_WSS)
        return 443;
    return t == TRANSPORT_TLS ? 5061 : 5060;
}

#endif
