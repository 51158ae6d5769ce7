/* A keyed hash over a list of texts of any length, without a copy of them all. */
#ifndef TANDEM_SRC_PROXY_GATHER_H
#define TANDEM_SRC_PROXY_GATHER_H

#include "base/siphash.h"

/* Gathers texts and hashes them in runs, each run starting with the hash of those before. */
struct gather {
    const struct hash_key *key;
    size_t len;
    char at[256];
};

static inline void gather_init(struct gather *g, const struct hash_key *key)
{
    g->key = key;
    g->len = 0;
}

/* As it stands: for what has one length always. */
void gather_bytes(struct gather *g, const void *at, size_t len);
/* A text with its length, so that no two lists of texts run together alike. */
void gather_text(struct gather *g, struct str s);
/* The hash of all that was gathered; the end. */
uint64_t gather_hash(struct gather *g);

#endif
