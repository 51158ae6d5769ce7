/* Inside of rtp/: numbers in network order. */
#ifndef TANDEM_RTP_BYTES_H
#define TANDEM_RTP_BYTES_H

#include "base/buf.h"

/* `at` and the bytes behind it have to lie within the view. */
static inline uint32_t bytes_u8(struct str s, size_t at)
{
    return (unsigned char)s.at[at];
}

static inline uint32_t bytes_u16(struct str s, size_t at)
{
    return bytes_u8(s, at) << 8 | bytes_u8(s, at + 1);
}

static inline uint32_t bytes_u32(struct str s, size_t at)
{
    return bytes_u16(s, at) << 16 | bytes_u16(s, at + 2);
}

static inline void bytes_put_u8(struct buf *b, uint32_t n)
{
    buf_put_char(b, (char)(unsigned char)(n & 0xff));
}

static inline void bytes_put_u16(struct buf *b, uint32_t n)
{
    bytes_put_u8(b, n >> 8);
    bytes_put_u8(b, n);
}

static inline void bytes_put_u32(struct buf *b, uint32_t n)
{
    bytes_put_u16(b, n >> 16);
    bytes_put_u16(b, n);
}

#endif
