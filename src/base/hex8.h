/* Eight hexadecimal digits at a time, as words whose highest byte is the first digit; knows no
 * memory. */
#ifndef TANDEM_SRC_BASE_HEX8_H
#define TANDEM_SRC_BASE_HEX8_H

#include "base/ascii.h"

#define HEX8_EACH UINT64_C(0x0101010101010101)

/* Of a digit's value in each byte; what is above 9 goes on to the letters. */
static inline uint64_t hex8_digits(uint64_t values)
{
    uint64_t letters = (values + HEX8_EACH * 6) >> 4 & HEX8_EACH;
    return values + HEX8_EACH * '0' + letters * ('a' - '9' - 1);
}

/* The four bits of each digit go to a byte of their own. */
static inline uint64_t hex8_text(uint32_t n)
{
    uint64_t v = n;
    v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
    v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v << 4) & HEX8_EACH * 0xf;
    return hex8_digits(v);
}

/* False: they are no digits, for these would have given the same text. */
static inline bool hex8_read(uint64_t text, uint32_t *out)
{
    uint64_t letters = text >> 6 & HEX8_EACH;
    uint64_t values = ((text & HEX8_EACH * 0xf) + letters * 9) & HEX8_EACH * 0xf;
    uint64_t v = (values | values >> 4) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
    *out = (uint32_t)(v | v >> 16);
    return hex8_digits(values) == ascii_lower8(text);
}

/* To and from memory, in which the first digit stands first. */
static inline uint64_t hex8_swap(uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(v);
#else
    return v;
#endif
}

#endif
