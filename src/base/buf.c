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

/* The byte of the highest value stands first. */
static inline void store8(char *to, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    memcpy(to, &v, sizeof v);
}

/* Eight digits at once: the four bits of each go to a byte of their own, and what is above 9 goes
 * on to the letters. */
static inline void hex8(char *text, uint32_t n)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t v = n;
    v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
    v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v << 4) & each * 0xf;
    uint64_t letters = (v + each * 6) >> 4 & each;
    store8(text, v + each * '0' + letters * ('a' - '9' - 1));
}

void buf_put_hex(struct buf *b, uint64_t n, unsigned digits)
{
    char text[16];
    assert(digits >= 1 && digits <= sizeof text);
    hex8(text, (uint32_t)(n >> 32));
    hex8(text + 8, (uint32_t)n);
    buf_put(b, (struct str){text + sizeof text - digits, digits});
}
