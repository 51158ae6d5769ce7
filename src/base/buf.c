/* Numbers and lower case as text, written into lent memory; knows no protocol. */
#include "base/buf.h"

#include <assert.h>

#include "base/ascii.h"

void buf_put_lower(struct buf *b, struct str s)
{
    size_t i = b->len;
    buf_put(b, s);
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

void buf_put_hex(struct buf *b, uint64_t n, unsigned digits)
{
    char text[16];
    assert(digits >= 1 && digits <= sizeof text);
    for (unsigned i = digits; i > 0; i--, n >>= 4)
        text[i - 1] = "0123456789abcdef"[n & 15];
    buf_put(b, (struct str){text, digits});
}
