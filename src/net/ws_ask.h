/* The opening handshake of a WebSocket that carries SIP, seen by the client (RFC 6455 4.1, RFC 7118
 * 4.1): the request out, the head of the answer in. */
#ifndef TANDEM_NET_WS_ASK_H
#define TANDEM_NET_WS_ASK_H

#include "base/rand.h"
#include "net/ws_http.h"

/* What is asked for; borrowed. */
struct ws_place {
    struct str host; /* of the Host field, with the port where it is not the scheme's own */
    struct str path; /* empty: "/" */
};

/* A key that nobody guesses; HTTP_KEY_LEN characters and a NUL. */
void ws_ask_key(struct rand *, char key[HTTP_KEY_LEN + 1]);
void ws_ask_print(struct buf *, const struct ws_place *, struct str key);
/* NULL: the answer to the request with this key lets us in. Else why it does not, for people. */
const char *ws_ask_judge(struct str head, struct str key);

#endif
