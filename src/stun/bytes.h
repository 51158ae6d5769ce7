/* Numbers of STUN's messages: most significant byte first. */
#ifndef TANDEM_SRC_STUN_BYTES_H
#define TANDEM_SRC_STUN_BYTES_H

#include "base/buf.h"

static inline unsigned stun_u8(struct str s, size_t at)
{
    return (unsigned char)s.at[at];
}

static inline unsigned stun_u16(struct str s, size_t at)
{
    return stun_u8(s, at) << 8 | stun_u8(s, at + 1);
}

static inline uint32_t stun_u32(struct str s, size_t at)
{
    return (uint32_t)stun_u16(s, at) << 16 | stun_u16(s, at + 2);
}

static inline void stun_put_u16(struct buf *b, unsigned n)
{
    buf_put_char(b, (char)(n >> 8 & 0xff));
    buf_put_char(b, (char)(n & 0xff));
}

static inline void stun_put_u32(struct buf *b, uint32_t n)
{
    stun_put_u16(b, n >> 16);
    stun_put_u16(b, n & 0xffff);
}

/* To whole words. */
static inline size_t stun_padded(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

#endif
