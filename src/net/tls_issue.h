/* Makes keys and certificates: an authority of one's own for a first try, and what it answers for.
 */
#ifndef TANDEM_NET_TLS_ISSUE_H
#define TANDEM_NET_TLS_ISSUE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/attr.h"

struct tls_issued {
    X509 *cert;
    EVP_PKEY *key; /* P-256 */
};

struct tls_issue {
    const char *common_name;
    const char *san;      /* as OpenSSL's configuration has it: "DNS:a.example,URI:sip:b.example";
                             NULL: none */
    const char *usage;    /* extendedKeyUsage likewise; NULL: none */
    long from_s, until_s; /* of its validity, counted from now */
    bool authority;
};

/* By `issuer`, or by itself where that is NULL. False: no memory, or the texts cannot be read. */
MUST_USE bool tls_issue(struct tls_issued *out, const struct tls_issue *what,
                        const struct tls_issued *issuer);
void tls_issued_drop(struct tls_issued *);

#endif
