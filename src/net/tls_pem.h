/* Certificates and keys from files, with words for what is wrong with them. */
#ifndef TANDEM_NET_TLS_PEM_H
#define TANDEM_NET_TLS_PEM_H

#include <openssl/x509.h>

#include "net/tls_context.h"

struct tls_pem {
    X509 *cert;
    STACK_OF(X509) * chain; /* what goes with it, without itself; may be empty */
    EVP_PKEY *key;
};

/* "FILE" or "CHAIN:KEY", followed by a NUL. False: told, and nothing is held. A warning is told,
 * too. `index` is passed on. */
MUST_USE bool tls_pem_read(struct tls_pem *p, struct str entry, unsigned index, tls_tell *tell,
                           void *arg);
void tls_pem_drop(struct tls_pem *p);

/* Splits an entry into its files; the same one twice where it is one. False: too long. */
#define TLS_PATH_MOST 2048
MUST_USE bool tls_pem_files(struct str entry, char chain[TLS_PATH_MOST], char key[TLS_PATH_MOST]);

#endif
