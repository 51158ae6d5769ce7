/* Credentials as requests bear them (RFC 7616 3.4, RFC 3261 20.7, 20.28): read, and checked against
 * an account. Knows no nonce's age and no rights. */
#ifndef TANDEM_AUTH_CREDENTIALS_H
#define TANDEM_AUTH_CREDENTIALS_H

#include "auth/account.h"
#include "auth/digest.h"
#include "msg/msg.h"

#define CREDENTIALS_SPACE 512

/* Quotes are taken off and escapes undone. Views into the message, and into `space` where there was
 * an escape: it does not move. */
struct credentials {
    struct str username, realm, nonce, uri, response, cnonce;
    struct str nc;  /* as it stands: eight hex digits; empty without qop */
    uint32_t count; /* of nc; NONCE_ONCE without qop */
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    char space[CREDENTIALS_SPACE];
};

enum credentials_kind {
    CREDENTIALS_NONE, /* of this realm, in an algorithm that we have: ask for some */
    CREDENTIALS_FOUND,
    CREDENTIALS_MALFORMED /* a parameter is missing, twice there, or improper (RFC 7616 3.4: 400) */
};

/* The next Digest credentials of `realm` among the lines of `id` (HDR_AUTHORIZATION or
 * HDR_PROXY_AUTHORIZATION): RFC 3261 22.3 allows several of one realm. Start with *line = NULL. */
enum credentials_kind credentials_next(struct msg *, enum hdr_id id, struct str realm,
                                       struct hdr **line, struct credentials *out);

/* Is the response that of the account's password? `account` NULL, of another user, or without the
 * algorithm's hash: no, after the same work as for a wrong password, with `dummy` in place of a
 * hash. ERR_NOMEM: not known. */
MUST_USE int credentials_check(struct digester *, const struct credentials *, const struct msg *,
                               const struct account *account, const uint8_t dummy[DIGEST_MAX_BYTES],
                               bool *good);

/* RFC 7616 3.4.6, RFC 3261 22.4 item 6: does the credentials' uri name whom the request is for?
 * That is: the Request-URI's user or none, at its host or at the realm; port, parameters, case and
 * "<>" do not count. Behind another proxy it may name whom it was for before: any SIP, SIPS or tel
 * URI then. */
bool credentials_fit(const struct credentials *, struct msg *);

#endif
