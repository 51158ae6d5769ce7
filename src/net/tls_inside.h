/* What tls.c and tls_context.c share; with OpenSSL's names. Not seen outside of net/. */
#ifndef TANDEM_NET_TLS_INSIDE_H
#define TANDEM_NET_TLS_INSIDE_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "net/tls.h"
#include "net/tls_sessions.h"

struct tls_context {
    _Atomic unsigned refs;
    struct mem *mem;
    uint64_t serial; /* of this program: sessions are good with the context that they came by */
    SSL_CTX *client;
    SSL_CTX *servers[LIMIT_TLS_CERTIFICATES]; /* one a certificate; the first is shown to who asks
                                                 for no name that another has */
    unsigned n_servers;
    X509_STORE *store;
    bool verify;
};

struct tls {
    SSL *ssl; /* its app data is this */
    struct tls_home home;
    struct tls_context *context;
    enum tls_state state;
    const char *why;
    enum tls_cause cause;
    bool ended;              /* we have said that nothing more comes */
    struct outq waiting;     /* plaintext for when the handshake is done */
    struct str in;           /* ciphertext, for the duration of a call */
    const struct tls_io *io; /* likewise */
    struct tls_sessions *sessions;
    char *name; /* a client's: the domain with a NUL, then the peer with one */
    size_t name_size;
    struct str domain, peer; /* in it */
};

/* tls_bio.c: how OpenSSL reads t->in and writes to t->io->out. NULL: no memory. */
BIO *tls_bio_new(struct tls *t);

#endif
