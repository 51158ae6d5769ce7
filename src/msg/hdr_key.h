/* The key of a header's name that the perfect hash multiplies: shared by the build-time generator
 * and the lookup. Knows no table. */
#ifndef TANDEM_SRC_MSG_HDR_KEY_H
#define TANDEM_SRC_MSG_HDR_KEY_H

#include <stddef.h>
#include <stdint.h>

#define HDR_HASH_BITS 10

/* Four letters without their case, and the length; `len` is at least 1. */
static inline uint64_t hdr_key(const char *name, size_t len)
{
    const unsigned char *at = (const unsigned char *)name;
    uint32_t letters = (uint32_t)at[0] | (uint32_t)at[len / 2] << 8 |
                       (uint32_t)at[len - len / 4 - 1] << 16 | (uint32_t)at[len - 1] << 24;
    return (letters | UINT32_C(0x20202020)) | (uint64_t)len << 32;
}

static inline unsigned hdr_slot(uint64_t key, uint64_t factor)
{
    return (unsigned)(key * factor >> (64 - HDR_HASH_BITS));
}

#endif
