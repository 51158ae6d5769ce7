/* Numbers in bytes, of either order. The caller knows that they are there. */
#ifndef TANDEM_CAPTURE_BYTES_H
#define TANDEM_CAPTURE_BYTES_H

#include "base/buf.h"

static inline uint8_t get_8(const char *at)
{
    return (uint8_t)at[0];
}

static inline uint16_t get_16(const char *at)
{
    return (uint16_t)(get_8(at) << 8 | get_8(at + 1));
}

static inline uint32_t get_32(const char *at)
{
    return (uint32_t)get_16(at) << 16 | get_16(at + 2);
}

static inline uint16_t get_16_le(const char *at)
{
    return (uint16_t)(get_8(at + 1) << 8 | get_8(at));
}

static inline uint32_t get_32_le(const char *at)
{
    return (uint32_t)get_16_le(at + 2) << 16 | get_16_le(at);
}

static inline void put_16(struct buf *b, unsigned n)
{
    buf_put_char(b, (char)(n >> 8));
    buf_put_char(b, (char)n);
}

static inline void put_32(struct buf *b, uint32_t n)
{
    put_16(b, n >> 16);
    put_16(b, n & 0xffff);
}

/* Without its first `n` bytes; empty where it has no more. */
static inline struct str behind(struct str s, size_t n)
{
    return str_slice(s, n, s.len);
}

#endif
