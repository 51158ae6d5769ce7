/* A header's name as two words and its slot in the perfect hash: shared by the build-time generator
 * and the lookup. Knows no table. */
#ifndef TANDEM_SRC_MSG_HDR_KEY_H
#define TANDEM_SRC_MSG_HDR_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HDR_HASH_BITS 10
/* So many bytes of a name are compared as words; they may be read behind a shorter one, too. */
#define HDR_KEY_BYTES 16

/* The first bytes of a row's name, and which bits of them tell: none behind its end, and not that
 * of a letter's case. */
struct hdr_key {
    uint64_t first, first_tells, second, second_tells;
};

/* Where a name's hash leads: HDR_NONE is of length 0. */
struct hdr_slot {
    uint8_t id, len;
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

static inline uint32_t hdr_load2(const char *at)
{
    uint16_t n;
    memcpy(&n, at, sizeof n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    n = __builtin_bswap16(n);
#endif
    return n;
}

/* By four of its bytes and its length, which is at least 2; without case. */
static inline unsigned hdr_hash(const char *name, size_t len, uint32_t factor)
{
    uint32_t key = hdr_load2(name + (len - 2) / 4) | hdr_load2(name + len - 2) << 16;
    return ((key | UINT32_C(0x20202020)) + (uint32_t)len) * factor >> (32 - HDR_HASH_BITS);
}

#endif
