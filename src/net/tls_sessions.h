/* The sessions of a worker's own TLS connections, so that the next one to the same peer needs no
 * public-key work (RFC 8446 2.2). */
#ifndef TANDEM_NET_TLS_SESSIONS_H
#define TANDEM_NET_TLS_SESSIONS_H

#include <openssl/ssl.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

struct tls_kept {
    SSL_SESSION *session; /* NULL: free */
    uint64_t context;     /* its serial: what another one trusted is not good any more */
    struct str key;
};

struct tls_sessions {
    struct mem *mem;
    struct tls_kept kept[LIMIT_TLS_SESSIONS];
    unsigned next; /* to be given up where all are taken */
};

void tls_sessions_init(struct tls_sessions *s, struct mem *mem);
void tls_sessions_fini(struct tls_sessions *s);
/* Takes the reference where it returns true; without memory it does not. */
bool tls_sessions_keep(struct tls_sessions *s, uint64_t context, struct str key,
                       SSL_SESSION *session);
/* The caller's reference; NULL: none. A session of TLS 1.3 is used once (RFC 8446 C.4). */
SSL_SESSION *tls_sessions_take(struct tls_sessions *s, uint64_t context, struct str key);

#endif
