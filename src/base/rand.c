/* ChaCha8 as a stream of numbers; reads no entropy but its seed. */
#include "base/rand.h"

#include <assert.h>
#include <string.h>

/* A row of the square of sixteen words that ChaCha works on, so that its four columns go together.
 */
typedef uint32_t row __attribute__((vector_size(16)));

static inline row rotate(row v, unsigned bits)
{
    return v << bits | v >> (32 - bits);
}

static inline void columns(row x[4])
{
    x[0] += x[1];
    x[3] = rotate(x[3] ^ x[0], 16);
    x[2] += x[3];
    x[1] = rotate(x[1] ^ x[2], 12);
    x[0] += x[1];
    x[3] = rotate(x[3] ^ x[0], 8);
    x[2] += x[3];
    x[1] = rotate(x[1] ^ x[2], 7);
}

/* The diagonals become columns, and columns again. */
static inline void double_round(row x[4])
{
    columns(x);
    x[1] = __builtin_shufflevector(x[1], x[1], 1, 2, 3, 0);
    x[2] = __builtin_shufflevector(x[2], x[2], 2, 3, 0, 1);
    x[3] = __builtin_shufflevector(x[3], x[3], 3, 0, 1, 2);
    columns(x);
    x[1] = __builtin_shufflevector(x[1], x[1], 3, 0, 1, 2);
    x[2] = __builtin_shufflevector(x[2], x[2], 2, 3, 0, 1);
    x[3] = __builtin_shufflevector(x[3], x[3], 1, 2, 3, 0);
}

static uint32_t load_le(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void store_le(uint8_t *at, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    memcpy(at, &v, sizeof v);
}

static void refill(struct rand *r)
{
    row begin[4], x[4];
    memcpy(begin, r->state, sizeof begin);
    memcpy(x, begin, sizeof x);
    for (unsigned i = 0; i < 4; i++)
        double_round(x);
    for (unsigned i = 0; i < 4; i++) {
        x[i] += begin[i];
        for (unsigned k = 0; k < 4; k++)
            store_le(r->block + 4 * (4 * i + k), x[i][k]);
    }
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
