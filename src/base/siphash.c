/* SipHash over bytes as they are, over ASCII letters made lower case, and over lists of texts;
 * knows no table. */
#include "base/siphash.h"

#include "base/ascii.h"

#define MARK_LONG 0xff /* in place of a text's length, which follows */

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

static inline void rounds(struct siphash *s, unsigned n)
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

static inline void absorb(struct siphash *s, uint64_t word, unsigned n)
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

static inline struct siphash begin(const struct hash_key *key)
{
    return (struct siphash){
        key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
        key->k0 ^ UINT64_C(0x6c7967656e657261), key->k1 ^ UINT64_C(0x7465646279746573)};
}

/* All words of a text; the last holds what is left of it, and `mark` in its highest byte. Always
 * inlined, so that each of the public hashes becomes a loop of its own. */
static inline __attribute__((always_inline)) void
absorb_text(struct siphash *sip, struct str s, uint64_t mark, unsigned c, bool nocase)
{
    size_t whole = s.len & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word = load8(s.at + i);
        absorb(sip, little_endian(nocase ? ascii_lower8(word) : word), c);
    }
    uint64_t rest = last_bytes(s, s.len - whole);
    absorb(sip, (nocase ? ascii_lower8(rest) : rest) | mark << 56, c);
}

static inline uint64_t end(struct siphash *sip, unsigned d)
{
    sip->v2 ^= 0xff;
    rounds(sip, d);
    return sip->v0 ^ sip->v1 ^ sip->v2 ^ sip->v3;
}

static inline __attribute__((always_inline)) uint64_t hash(const struct hash_key *key, struct str s,
                                                           unsigned c, unsigned d, bool nocase)
{
    struct siphash sip = begin(key);
    absorb_text(&sip, s, s.len, c, nocase);
    return end(&sip, d);
}

uint64_t siphash24(const struct hash_key *key, struct str s)
{
    return hash(key, s, 2, 4, false);
}

uint64_t siphash13(const struct hash_key *key, struct str s)
{
    return hash(key, s, 1, 3, false);
}

uint64_t siphash13_nocase(const struct hash_key *key, struct str s)
{
    return hash(key, s, 1, 3, true);
}

void siphash_init(struct siphash *h, const struct hash_key *key)
{
    *h = begin(key);
}

/* So that, from the end of all words on, each text shows where it begins: by the highest byte of
 * its last word or, where it is long, by one more word, whose highest byte is 0, as it is else of
 * the word of an empty text alone, which is all 0. Copied, so that it lives in registers. */
static inline __attribute__((always_inline)) void add_text(struct siphash *h, struct str s,
                                                           bool nocase)
{
    struct siphash sip = *h;
    absorb_text(&sip, s, s.len < MARK_LONG ? s.len : MARK_LONG, 1, nocase);
    if (s.len >= MARK_LONG)
        absorb(&sip, s.len, 1);
    *h = sip;
}

void siphash_text(struct siphash *h, struct str s)
{
    add_text(h, s, false);
}

void siphash_text_nocase(struct siphash *h, struct str s)
{
    add_text(h, s, true);
}

void siphash_pair(struct siphash *h, struct str one, struct str other)
{
    bool in_order = str_compare(one, other) <= 0;
    siphash_text(h, in_order ? one : other);
    siphash_text(h, in_order ? other : one);
}

void siphash_number(struct siphash *h, uint64_t n)
{
    absorb(h, n, 1);
}

uint64_t siphash_end(struct siphash *h)
{
    return end(h, 3);
}
