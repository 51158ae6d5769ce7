/* The URI of a listener as text: "udp:127.0.0.1:5060". */
#ifndef TANDEM_CONFIG_LISTENER_H
#define TANDEM_CONFIG_LISTENER_H

#include "base/attr.h"
#include "base/flow.h"

struct config_listener {
    uint8_t transport; /* enum transport */
    bool localhost;    /* every loopback address of the machine; addr has the port alone */
    struct addr addr;  /* port 0: a free one */
};

/* "udp:HOST:PORT", likewise tcp, tls, ws and wss; HOST is an address (IPv6 in brackets) or
 * "localhost"; without a port it is the transport's (RFC 3261 19.1.2, RFC 7118 5.5). NULL, or what
 * is wrong, in words; *out is then undefined. */
MUST_USE const char *config_listener_parse(struct str text, struct config_listener *out);
/* "udp": what stands before the first colon. Empty: no listener has this transport. */
const char *config_listener_word(unsigned transport);

#endif
