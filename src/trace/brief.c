/* Numbers, times and cut texts. Knows no calls. */
#include "trace/brief.h"

#include "base/utf8.h"

void brief_put(struct buf *b, struct str s)
{
    size_t room = b->cap - b->len, len = s.len;
    if (len > room) {
        len = 0;
        for (size_t n; len < room; len += n) {
            n = utf8_character(str_slice(s, len, s.len));
            n = n ? n : 1;
            if (len + n > room)
                break;
        }
    }
    buf_put(b, str_slice(s, 0, len));
}

void brief_put_u64(struct buf *b, uint64_t n)
{
    char digits[24];
    struct buf d;
    buf_init(&d, digits, sizeof digits);
    buf_put_u64(&d, n);
    brief_put(b, buf_str(&d));
}

void brief_put_addr(struct buf *b, const struct addr *a)
{
    char text[80];
    struct buf t;
    buf_init(&t, text, sizeof text);
    addr_print(&t, a);
    brief_put(b, buf_str(&t));
}

static void put_padded(struct buf *b, uint64_t n, unsigned digits)
{
    uint64_t least = 1;
    for (unsigned i = 1; i < digits; i++)
        least *= 10;
    for (; least > 1 && n < least; least /= 10)
        brief_put(b, STR("0"));
    brief_put_u64(b, n);
}

void brief_put_seconds(struct buf *b, int64_t ns, unsigned decimals)
{
    uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns, cut = 1;
    for (unsigned i = decimals; i < 9; i++)
        cut *= 10;
    if (ns < 0)
        brief_put(b, STR("-"));
    brief_put_u64(b, n / NS_PER_S);
    brief_put(b, STR("."));
    put_padded(b, n % NS_PER_S / cut, decimals);
}

/* The Gregorian calendar, with years that begin in March: 400 of them have 146097 days. */
static void put_date(struct buf *b, uint64_t days)
{
    uint64_t d = days + 719468, era = d / 146097, of_era = d % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    put_padded(b, year + era * 400 + (month >= 10), 4);
    brief_put(b, STR("-"));
    put_padded(b, month < 10 ? month + 3 : month - 9, 2);
    brief_put(b, STR("-"));
    put_padded(b, day, 2);
}

void brief_put_time(struct buf *b, unix_ns at)
{
    uint64_t ns = at < 0 ? 0 : (uint64_t)at, s = ns / NS_PER_S, of_day = s % 86400;
    put_date(b, s / 86400);
    brief_put(b, STR("T"));
    put_padded(b, of_day / 3600, 2);
    brief_put(b, STR(":"));
    put_padded(b, of_day / 60 % 60, 2);
    brief_put(b, STR(":"));
    put_padded(b, of_day % 60, 2);
    brief_put(b, STR("."));
    put_padded(b, ns % NS_PER_S / NS_PER_MS, 3);
    brief_put(b, STR("Z"));
}
