/* Comparing, cutting and reading views; knows ASCII and no protocol. */
#include "base/str.h"

#include "base/hex8.h"

struct str str_from(const char *z)
{
    return z ? (struct str){z, strlen(z)} : STR_NONE;
}

static inline bool same8_nocase(uint64_t a, uint64_t b)
{
    return a == b || ascii_lower8(a) == ascii_lower8(b);
}

/* One to seven bytes as a word, in which some may stand twice. */
static inline uint64_t load_few(const char *at, size_t len)
{
    uint32_t first, last;
    if (len < 4)
        return (uint64_t)(unsigned char)at[0] << 16 | (uint64_t)(unsigned char)at[len / 2] << 8 |
               (unsigned char)at[len - 1];
    memcpy(&first, at, sizeof first);
    memcpy(&last, at + len - sizeof last, sizeof last);
    return (uint64_t)first << 32 | last;
}

/* The last eight bytes may overlap those before. */
static bool same_nocase(const char *a, const char *b, size_t len)
{
    if (len < 8)
        return len == 0 || same8_nocase(load_few(a, len), load_few(b, len));
    for (size_t i = 0; i + 8 < len; i += 8)
        if (!same8_nocase(load8(a + i), load8(b + i)))
            return false;
    return same8_nocase(load8(a + len - 8), load8(b + len - 8));
}

bool str_equal_nocase(struct str a, struct str b)
{
    return a.len == b.len && same_nocase(a.at, b.at, a.len);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
    return s.len >= prefix.len && same_nocase(s.at, prefix.at, prefix.len);
}

bool str_ends_nocase(struct str s, struct str suffix)
{
    return s.len >= suffix.len &&
           str_equal_nocase(str_slice(s, s.len - suffix.len, suffix.len), suffix);
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.at, b.at, shared) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.at[i] - '0');
        if (n > max / 10 || digit > max - n * 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool str_to_hex(struct str s, uint64_t *out)
{
    uint64_t n = 0;
    size_t i = 0;
    if (s.len == 0 || s.len > 16)
        return false;
    for (uint32_t half; i + 8 <= s.len; i += 8) {
        if (!hex8_read(hex8_swap(load8(s.at + i)), &half))
            return false;
        n = n << 32 | half;
    }
    for (; i < s.len; i++) {
        int digit = hex_digit(s.at[i]);
        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    *out = n;
    return true;
}
