/* One direction's keys, and opening a record with them; OpenSSL's sums. */
#ifndef TANDEM_CAPTURE_TLS_SEAL_H
#define TANDEM_CAPTURE_TLS_SEAL_H

#include "base/attr.h"
#include "base/str.h"

#define TLS_TAG 16

struct tls_suite {
    uint16_t number;
    bool is_13;
    const char *cipher, *digest; /* as OpenSSL names them */
    uint8_t key_len;
    uint8_t fixed_iv; /* 4: AES-GCM in TLS 1.2, whose records bring the rest; else 12 */
};

/* NULL: not one that is opened here. */
const struct tls_suite *tls_suite_of(uint16_t number);

struct tls_seal {
    const struct tls_suite *suite;
    char key[32], iv[12];
};

/* RFC 5246 6.3: the keys of both sides from the master secret; [0] is the client's. False: OpenSSL
 * would not. */
MUST_USE bool tls_seals_12(const struct tls_suite *, struct str master, const char *client_random,
                           const char *server_random, struct tls_seal out[2]);
/* RFC 8446 7.3: those of one side from its traffic secret. */
MUST_USE bool tls_seal_13(const struct tls_suite *, struct str secret, struct tls_seal *out);
/* RFC 8446 7.2: the secret after a key update, in place. */
MUST_USE bool tls_next_secret(const struct tls_suite *, char *secret, size_t len);

/* Opens `sealed` (with its tag, of TLS 1.2 without the record's own part of the nonce) into `out`,
 * which has room for it. False: it was sealed with other keys or another number. */
MUST_USE bool tls_open(const struct tls_seal *, const char nonce[12], struct str aad,
                       struct str sealed, char *out);

#endif
