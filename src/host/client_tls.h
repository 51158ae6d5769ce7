/* TLS as a client program has it: with a certificate of its own or none, and authorities to trust.
 */
#ifndef TANDEM_HOST_CLIENT_TLS_H
#define TANDEM_HOST_CLIENT_TLS_H

#include "net/tcp.h"

struct client_tls {
    const char *certificate; /* file; NULL: none */
    const char *ca;          /* file or folder of authorities; NULL: the system's */
    bool trust_all;          /* nobody has to prove who he is */
};

/* Gives it to the connections. False: `what` says, for people, what is wrong. */
MUST_USE bool client_tls_use(struct tcp *, struct mem *, const struct client_tls *, char *what,
                             size_t size);

#endif
