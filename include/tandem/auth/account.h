/* An account as the store keeps it: who it is and, for each algorithm, the hash that digest
 * authentication starts from. No password is in it, and none can be got from it but by guessing. */
#ifndef TANDEM_AUTH_ACCOUNT_H
#define TANDEM_AUTH_ACCOUNT_H

#include "auth/digest.h"
#include "base/buf.h"
#include "base/limits.h"

struct account {
    struct str user, realm; /* as the user's phone has to name them: A1 of RFC 7616 3.4.2 */
    unsigned algorithms;    /* a bit for each enum digest_algorithm that there is a hash for */
    uint8_t ha1[N_DIGEST_ALGORITHMS][DIGEST_MAX_BYTES]; /* H(user ":" realm ":" password) */
};

#define ACCOUNT_MAX_BYTES (2 + 2 * (2 + LIMIT_AOR_BYTES) + N_DIGEST_ALGORITHMS * DIGEST_MAX_BYTES)

/* The account of `user` at `realm` (a domain of ours in lower case, as challenges name it) with a
 * hash of `password` for each algorithm. Views of `user` and `realm`. ERR_NOMEM: the account is
 * undefined. */
MUST_USE int account_make(struct account *, struct digester *, struct str user, struct str realm,
                          struct str password);
/* The store's key of the account: "sip:USER@REALM" in the form of a location record's key
 * (registrar_key), `user` being a name without escapes. An overflow sticks in `b`; an empty name is
 * one, too. */
void account_key(struct buf *b, struct str user, struct str realm);
/* The record's bytes, ACCOUNT_MAX_BYTES at most. An overflow sticks in `b`; a name that is empty or
 * over LIMIT_AOR_BYTES is one. account_read takes any bytes. Views into `record`. False: it is
 * none.
 */
void account_write(struct buf *b, const struct account *);
MUST_USE bool account_read(struct account *, struct str record);

/* The hashes are as good as the password: nothing of them stays in memory. */
void account_wipe(struct account *);

#endif
