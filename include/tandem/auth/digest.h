/* The sums of digest authentication (RFC 7616, RFC 8760 and, for clients of RFC 3261, RFC 2069's
 * form without qop). Pure: no nonce's age, no account's rights. */
#ifndef TANDEM_AUTH_DIGEST_H
#define TANDEM_AUTH_DIGEST_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* Strongest first: the order in which challenges are given (RFC 8760 2.3). */
enum digest_algorithm { DIGEST_SHA512_256, DIGEST_SHA256, DIGEST_MD5, N_DIGEST_ALGORITHMS };
#define DIGEST_ALL ((1u << N_DIGEST_ALGORITHMS) - 1)
#define DIGEST_MAX_BYTES 32

/* What hashing needs: one for each thread. */
struct digester;
/* NULL: no memory. */
struct digester *digester_new(struct mem *);
/* NULL is legal. */
void digester_free(struct digester *);

/* "SHA-512-256", "SHA-256", "MD5" */
struct str digest_name(enum digest_algorithm);
/* Any case; empty: MD5 (RFC 7616 3.3). False: not known, "-sess" included. */
bool digest_named(struct str name, enum digest_algorithm *);
/* 16 or 32 */
size_t digest_len(enum digest_algorithm);

enum digest_qop { DIGEST_QOP_NONE, DIGEST_QOP_AUTH, DIGEST_QOP_AUTH_INT };

/* What a response is computed from (RFC 7616 3.4.1). */
struct digest_input {
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    const uint8_t *ha1; /* digest_len bytes */
    struct str method;  /* empty: rspauth (RFC 7616 3.5) */
    struct str uri;     /* as the credentials have it */
    struct str nonce, nc, cnonce;
    struct str body; /* hashed for auth-int alone */
};

/* H(user ":" realm ":" password) into `ha1`. False: no memory (libcrypto 3.0 takes a little for
 * each sum); `ha1` is undefined. */
MUST_USE bool digest_ha1(struct digester *, enum digest_algorithm, struct str user,
                         struct str realm, struct str password, uint8_t ha1[DIGEST_MAX_BYTES]);
/* The response in lower-case hex: 2 * digest_len bytes are written to `hex`. False: no memory;
 * `hex` is undefined. */
MUST_USE bool digest_response(struct digester *, const struct digest_input *,
                              char hex[2 * DIGEST_MAX_BYTES]);

#endif
