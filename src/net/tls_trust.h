/* Whom we believe: the authorities that say who others are, and the lists of what they have taken
 * back (RFC 5280 5). Read once, so that no handshake waits for the disk. */
#ifndef TANDEM_NET_TLS_TRUST_H
#define TANDEM_NET_TLS_TRUST_H

#include <openssl/x509.h>

#include "net/tls_context.h"

/* From config.ca and config.crl. NULL: there is a fault, or no memory, as was told. */
X509_STORE *tls_trust_new(const struct tls_config *c, tls_tell *tell, void *arg);

/* For X509_STORE_CTX_set_verify_cb: an authority without a list has revoked nothing. */
int tls_trust_forgive(int good, X509_STORE_CTX *store);

#endif
