/* The opening handshake of a WebSocket that carries SIP, seen by the server (RFC 6455 4.2, RFC 7118
 * 4.1): an HTTP request's head in, the answer out. */
#ifndef TANDEM_NET_WS_HANDSHAKE_H
#define TANDEM_NET_WS_HANDSHAKE_H

#include "base/buf.h"

/* Who is let in; all borrowed. */
struct ws_policy {
    const struct str *origins; /* "https://phone.example.com", or "*": any page */
    size_t n_origins;
    /* Where no origins are named: only pages that this machine itself serves. Any page may use a
     * server that asks nobody who they are, and a browser lets it. */
    bool is_open;
    struct str path; /* the only one that is served; empty: any */
};

/* Judges the head of a request and writes the answer. 101: let in. 400, 403, 404, 405, 426: not,
 * and the connection ends; *why becomes the reason, for people. */
unsigned ws_handshake_answer(struct str head, const struct ws_policy *, struct buf *answer,
                             const char **why);
/* The answer to a head that is longer than LIMIT_WS_HANDSHAKE_BYTES (431). */
unsigned ws_handshake_too_long(struct buf *answer, const char **why);

#endif
