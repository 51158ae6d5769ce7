/* Numbers and lower case as text, written into lent memory; knows no protocol. */
#include "base/buf.h"

#include <assert.h>

#include "base/hex8.h"

void buf_put_lower(struct buf *b, struct str s)
{
    size_t i = b->len;
    buf_put(b, s);
    for (uint64_t lower; b->len - i >= sizeof lower; i += sizeof lower) {
        lower = ascii_lower8(load8(b->at + i));
        memcpy(b->at + i, &lower, sizeof lower);
    }
    for (; i < b->len; i++)
        b->at[i] = (char)ascii_lower((unsigned char)b->at[i]);
}

void buf_put_u64(struct buf *b, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    buf_put(b, (struct str){digits + at, sizeof digits - at});
}

static inline void put8(char *to, uint32_t n)
{
    uint64_t text = hex8_swap(hex8_text(n));
    memcpy(to, &text, sizeof text);
}

void buf_put_hex(struct buf *b, uint64_t n, unsigned digits)
{
    assert(digits >= 1 && digits <= 16);
    if (UNLIKELY(b->over || digits > b->cap - b->len)) {
        b->over = true;
        return;
    }
    char *at = b->at + b->len;
    b->len += digits;
    for (; digits >= 8; digits -= 8, at += 8)
        put8(at, (uint32_t)(n >> 4 * (digits - 8)));
    while (digits-- > 0)
        *at++ = "0123456789abcdef"[n >> 4 * digits & 0xf];
}
