/* SipHash over bytes as they are, and over ASCII letters made lower case; knows no table. */
#include "base/siphash.h"

#include "base/ascii.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

static inline uint64_t little_endian(uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(v);
#else
    return v;
#endif
}

static inline void rounds(struct sip *s, unsigned n)
{
    for (; n > 0; n--) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v1;
        s->v0 += s->v3;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

static inline void absorb(struct sip *s, uint64_t word, unsigned n)
{
    s->v3 ^= word;
    rounds(s, n);
    s->v0 ^= word;
}

/* What is left behind the last whole word: the lowest bytes of a little-endian one. */
static inline uint64_t last_bytes(struct str s, size_t len)
{
    char bytes[8] = {0};
    if (len == 0)
        return 0;
    if (s.len >= sizeof bytes)
        return little_endian(load8(s.at + s.len - sizeof bytes)) >> (64 - 8 * len);
    memcpy(bytes, s.at, len);
    return little_endian(load8(bytes));
}

/* Always inlined, so that each of the three public hashes becomes a loop of its own. */
static inline __attribute__((always_inline)) uint64_t
siphash(const struct hash_key *key, struct str s, unsigned c, unsigned d, bool nocase)
{
    struct sip sip = {
        key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
        key->k0 ^ UINT64_C(0x6c7967656e657261), key->k1 ^ UINT64_C(0x7465646279746573)};
    size_t whole = s.len & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word = load8(s.at + i);
        absorb(&sip, little_endian(nocase ? ascii_lower8(word) : word), c);
    }
    uint64_t rest = last_bytes(s, s.len - whole);
    absorb(&sip, (nocase ? ascii_lower8(rest) : rest) | (uint64_t)s.len << 56, c);
    sip.v2 ^= 0xff;
    rounds(&sip, d);
    return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

uint64_t siphash24(const struct hash_key *key, struct str s)
{
    return siphash(key, s, 2, 4, false);
}

uint64_t siphash13(const struct hash_key *key, struct str s)
{
    return siphash(key, s, 1, 3, false);
}

uint64_t siphash13_nocase(const struct hash_key *key, struct str s)
{
    return siphash(key, s, 1, 3, true);
}
