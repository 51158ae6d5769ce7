/* ASCII letter case, one byte and eight at a time; knows no locale. */
#ifndef TANDEM_SRC_BASE_ASCII_H
#define TANDEM_SRC_BASE_ASCII_H

#include <stdint.h>
#include <string.h>

static inline unsigned char ascii_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Byte order does not matter: no carry leaves a byte. */
static inline uint64_t ascii_lower8(uint64_t v)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = v & each * 0x7f;
    uint64_t from_a = low + each * (0x80 - 'A');
    uint64_t above_z = low + each * (0x7f - 'Z');
    uint64_t upper = (from_a ^ above_z) & ~v & each * 0x80;
    return v | upper >> 2;
}

static inline uint64_t load8(const char *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

#endif
