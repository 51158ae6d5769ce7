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

/* SipHash-1-3 over a list of texts and numbers, of which no copy is made. No two lists run together
 * alike that are of the same kinds in the same order; of what is there any number of times nothing
 * but the beginning of a list may be. */
struct siphash {
    uint64_t v0, v1, v2, v3;
};

void siphash_init(struct siphash *, const struct hash_key *key);
void siphash_text(struct siphash *, struct str);
void siphash_text_nocase(struct siphash *, struct str);
/* Two texts of which nobody knows which comes first: the same either way. */
void siphash_pair(struct siphash *, struct str one, struct str other);
void siphash_number(struct siphash *, uint64_t);
/* The hash of all that was added; the end. */
uint64_t siphash_end(struct siphash *);

#endif
