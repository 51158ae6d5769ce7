/* A header's name as two words, and its slot in the perfect hash: shared by the build-time
 * generator and the lookup. Knows no table. */
#ifndef TANDEM_SRC_MSG_HDR_KEY_H
#define TANDEM_SRC_MSG_HDR_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HDR_HASH_BITS 10

/* The two ends of a name, overlapping where it is short: of names up to 16 bytes it is all. */
struct hdr_ends {
    uint64_t first, last;
};

static inline uint64_t hdr_load8(const char *at)
{
    uint64_t n;
    memcpy(&n, at, sizeof n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    n = __builtin_bswap64(n);
#endif
    return n;
}

static inline uint64_t hdr_load4(const char *at)
{
    uint32_t n;
    memcpy(&n, at, sizeof n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    n = __builtin_bswap32(n);
#endif
    return n;
}

static inline uint64_t hdr_load2(const char *at)
{
    return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[1] << 8;
}

/* `len` is at least 2. */
static inline struct hdr_ends hdr_ends_of(const char *name, size_t len)
{
    if (len >= 8)
        return (struct hdr_ends){hdr_load8(name), hdr_load8(name + len - 8)};
    if (len >= 4)
        return (struct hdr_ends){hdr_load4(name), hdr_load4(name + len - 4)};
    return (struct hdr_ends){hdr_load2(name), hdr_load2(name + len - 2)};
}

/* A letter's 0x40 tells where the bit of case is free to differ: a row's name is letters and '-'
 * alone. */
static inline uint64_t hdr_case_bits(uint64_t row)
{
    return (row & UINT64_C(0x4040404040404040)) >> 1;
}

/* Without case. */
static inline unsigned hdr_slot(struct hdr_ends ends, size_t len, uint64_t factor)
{
    const uint64_t fold = UINT64_C(0x2020202020202020);
    uint64_t key = (ends.first | fold) * 3 ^ ((ends.last | fold) + len);
    return (unsigned)(key * factor >> (64 - HDR_HASH_BITS));
}

#endif
