/* A seeded generator (ChaCha8-based: what leaves on the wire must not be guessable from what left
 * before). The same seed gives the same numbers. Entropy comes in through the seed; nothing here
 * reads any. */
#ifndef TANDEM_BASE_RAND_H
#define TANDEM_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rand_seed {
    uint8_t bytes[32];
};

struct rand {
    uint32_t state[16];
    uint8_t block[64];
    unsigned used;
};

void rand_init(struct rand *r, const struct rand_seed *seed);
uint64_t rand_u64(struct rand *r);
/* Uniform in [0, bound); bound at least 1. */
uint64_t rand_below(struct rand *r, uint64_t bound);
void rand_bytes(struct rand *r, void *at, size_t len);
/* Never 0: for the hash tables of libraries that take 0 for "find one yourself". */
unsigned long rand_salt(struct rand *r);
/* A seed from a number, for tests and replays. */
struct rand_seed rand_seed_from(uint64_t n);

#endif
