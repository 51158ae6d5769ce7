/* A writer into memory that the caller lends. The first overflow sticks: later puts do nothing, and
 * one look at `over` at the end tells whether the text is whole. */
#ifndef TANDEM_BASE_BUF_H
#define TANDEM_BASE_BUF_H

#include "base/attr.h"
#include "base/str.h"

struct buf {
    char *at;
    size_t len;
    size_t cap;
    bool over;
};

static inline void buf_init(struct buf *b, char *at, size_t cap)
{
    *b = (struct buf){at, 0, cap, false};
}

/* All of it or, where it does not fit, nothing. */
static inline void buf_put(struct buf *b, struct str s)
{
    if (UNLIKELY(b->over || s.len > b->cap - b->len)) {
        b->over = true;
        return;
    }
    if (s.len > 0)
        memcpy(b->at + b->len, s.at, s.len);
    b->len += s.len;
}

static inline void buf_put_char(struct buf *b, char c)
{
    if (UNLIKELY(b->over || b->len == b->cap)) {
        b->over = true;
        return;
    }
    b->at[b->len++] = c;
}

/* buf_put with ASCII letters in lower case. */
void buf_put_lower(struct buf *b, struct str s);
/* Decimal, no leading zero. */
void buf_put_u64(struct buf *b, uint64_t n);
/* Lower-case hexadecimal of exactly `digits` digits (1-16), high digits cut. */
void buf_put_hex(struct buf *b, uint64_t n, unsigned digits);
/* What was written so far; borrowed from the caller's memory. */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->at, b->len};
}

#define buf_put_lit(b, literal) buf_put((b), STR(literal))

#endif
