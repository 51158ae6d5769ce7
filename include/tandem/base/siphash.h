/* SipHash-2-4 (Aumasson, Bernstein 2012) and the faster SipHash-1-3: keyed hashes for tables that
 * strangers fill. */
#ifndef TANDEM_BASE_SIPHASH_H
#define TANDEM_BASE_SIPHASH_H

#include <stdint.h>

#include "base/str.h"

struct hash_key {
    uint64_t k0, k1;
};

uint64_t siphash24(const struct hash_key *key, struct str s);
uint64_t siphash13(const struct hash_key *key, struct str s);
/* ASCII letters count as lower case. */
uint64_t siphash13_nocase(const struct hash_key *key, struct str s);

#endif
