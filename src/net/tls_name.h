/* What a certificate says that its holder is: the SIP identities of RFC 5922 7. */
#ifndef TANDEM_NET_TLS_NAME_H
#define TANDEM_NET_TLS_NAME_H

#include <openssl/x509.h>

#include "base/attr.h"
#include "base/buf.h"

/* RFC 5922 7.1, 7.2: is `name` one of its SIP identities? Whole names alone, in any case, without
 * wildcards; a common name counts only where there is no subjectAltName at all. Where `name` is an
 * IP address, an iPAddress of the subjectAltName counts, too (RFC 9525 6.5: RFC 5922 knows none).
 */
bool tls_cert_is_of(const X509 *cert, struct str name);
/* The same for choosing a certificate of our own, where "*.example.com" fits "a.example.com": what
 * to make of it is the peer's. */
bool tls_cert_may_show(const X509 *cert, struct str name);
/* Writes its domain identities in lower case, a space between two. */
void tls_cert_print_names(const X509 *cert, struct buf *out);
/* There is a subjectAltName that holds a name. */
bool tls_cert_has_san(const X509 *cert);

/* RFC 5280 4.2.1.12, RFC 5924 4: what its extendedKeyUsage says allows SIP: there is none, or it
 * has id-kp-sipDomain, anyExtendedKeyUsage or TLS's own purpose for that side. */
bool tls_cert_may_serve(const X509 *cert, bool as_server);

#endif
