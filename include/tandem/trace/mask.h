/* Secrets in a message's bytes, made unreadable in place. */
#ifndef TANDEM_TRACE_MASK_H
#define TANDEM_TRACE_MASK_H

#include "base/str.h"

enum trace_mask {
    TRACE_MASK_KEYS = 1, /* credentials, and keys of descriptions */
    TRACE_MASK_BODIES =
        2 /* bodies that are no description: what people write, digits that they dial */
};

/* Puts '*' over every secret in the message at `at`, which may be broken anywhere; its length
 * stays. TRACE_MASK_KEYS: in Authorization, Proxy-Authorization and Authentication-Info every
 * parameter but username, realm, uri, algorithm, qop and nc, and of schemes other than Digest
 * everything behind the scheme (RFC 3261 22, RFC 8898); the nonce of challenges; in every body the
 * values of k=, a=crypto's keys (RFC 4568 9.1), a=key-mgmt (RFC 4567) and a=ice-pwd (RFC 8839 5.4).
 * TRACE_MASK_BODIES: all of a body but line ends, unless it begins like a description ("v=0"). */
void trace_mask(char *at, size_t len, unsigned what);

#endif
