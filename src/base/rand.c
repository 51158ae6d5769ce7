/* ChaCha8 as a stream of numbers; reads no entropy but its seed. */
#include "base/rand.h"

#include <assert.h>
#include <string.h>

static inline uint32_t rotate(uint32_t v, unsigned bits)
{
    return v << bits | v >> (32 - bits);
}

static inline void quarter(uint32_t x[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void double_round(uint32_t x[16])
{
    quarter(x, 0, 4, 8, 12);
    quarter(x, 1, 5, 9, 13);
    quarter(x, 2, 6, 10, 14);
    quarter(x, 3, 7, 11, 15);
    quarter(x, 0, 5, 10, 15);
    quarter(x, 1, 6, 11, 12);
    quarter(x, 2, 7, 8, 13);
    quarter(x, 3, 4, 9, 14);
}

static uint32_t load_le(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void store_le(uint8_t *at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> 8 * i);
}

static void refill(struct rand *r)
{
    uint32_t x[16];
    memcpy(x, r->state, sizeof x);
    for (unsigned i = 0; i < 4; i++)
        double_round(x);
    for (unsigned i = 0; i < 16; i++)
        store_le(r->block + 4 * i, x[i] + r->state[i]);
    if (++r->state[12] == 0)
        r->state[13]++;
    r->used = 0;
}

void rand_init(struct rand *r, const struct rand_seed *seed)
{
    static const uint32_t sigma[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    *r = (struct rand){.used = sizeof r->block};
    memcpy(r->state, sigma, sizeof sigma);
    for (unsigned i = 0; i < 8; i++)
        r->state[4 + i] = load_le(seed->bytes + 4 * i);
}

uint64_t rand_u64(struct rand *r)
{
    uint8_t b[8];
    rand_bytes(r, b, sizeof b);
    return (uint64_t)load_le(b) | (uint64_t)load_le(b + 4) << 32;
}

uint64_t rand_below(struct rand *r, uint64_t bound)
{
    assert(bound > 0);
    /* Numbers below 2^64 mod bound are drawn again: what is left divides evenly. */
    uint64_t uneven = (0 - bound) % bound;
    uint64_t n;
    do
        n = rand_u64(r);
    while (n < uneven);
    return n % bound;
}

void rand_bytes(struct rand *r, void *at, size_t len)
{
    uint8_t *to = at;
    while (len > 0) {
        if (r->used == sizeof r->block)
            refill(r);
        size_t n = sizeof r->block - r->used;
        if (n > len)
            n = len;
        memcpy(to, r->block + r->used, n);
        r->used += (unsigned)n;
        to += n;
        len -= n;
    }
}

struct rand_seed rand_seed_from(uint64_t n)
{
    struct rand_seed seed;
    for (unsigned i = 0; i < 4; i++) {
        /* SplitMix64: neighbouring numbers give unlike seeds. */
        uint64_t z = n += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        store_le(seed.bytes + 8 * i, (uint32_t)z);
        store_le(seed.bytes + 8 * i + 4, (uint32_t)(z >> 32));
    }
    return seed;
}

unsigned long rand_salt(struct rand *r)
{
    return (unsigned long)rand_u64(r) | 1;
}
