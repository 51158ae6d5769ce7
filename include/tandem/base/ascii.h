/* ASCII letter case and characters, one byte and eight at a time; knows no locale. */
#ifndef TANDEM_BASE_ASCII_H
#define TANDEM_BASE_ASCII_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ASCII_EACH UINT64_C(0x0101010101010101)

static inline unsigned char ascii_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Byte order does not matter: no carry leaves a byte. */
static inline uint64_t ascii_lower8(uint64_t v)
{
    uint64_t low = v & ASCII_EACH * 0x7f;
    uint64_t from_a = low + ASCII_EACH * (0x80 - 'A');
    uint64_t above_z = low + ASCII_EACH * (0x7f - 'Z');
    uint64_t upper = (from_a ^ above_z) & ~v & ASCII_EACH * 0x80;
    return v | upper >> 2;
}

/* Is one of eight bytes below `bound`, which is 0x80 at most? */
static inline bool ascii_any_below8(uint64_t v, unsigned char bound)
{
    return ((v - ASCII_EACH * bound) & ~v & ASCII_EACH * 0x80) != 0;
}

static inline bool ascii_any_is8(uint64_t v, unsigned char c)
{
    return ascii_any_below8(v ^ ASCII_EACH * c, 1);
}

/* RFC 5234 B.1 CTL */
static inline bool ascii_any_control8(uint64_t v)
{
    return ascii_any_below8(v, 0x20) || ascii_any_is8(v, 0x7f);
}

static inline uint64_t load8(const char *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

#endif
