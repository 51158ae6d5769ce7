/* Comparing, cutting and reading views; knows ASCII and no protocol. */
#include "base/str.h"

#include "base/ascii.h"

struct str str_from(const char *z)
{
    return z ? (struct str){z, strlen(z)} : STR_NONE;
}

static inline bool same8_nocase(const char *a, const char *b)
{
    return ascii_lower8(load8(a)) == ascii_lower8(load8(b));
}

/* The last eight bytes may overlap those before. */
static bool same_nocase(const char *a, const char *b, size_t len)
{
    if (len < 8) {
        for (size_t i = 0; i < len; i++)
            if (ascii_lower((unsigned char)a[i]) != ascii_lower((unsigned char)b[i]))
                return false;
        return true;
    }
    for (size_t i = 0; i + 8 < len; i += 8)
        if (!same8_nocase(a + i, b + i))
            return false;
    return same8_nocase(a + len - 8, b + len - 8);
}

bool str_equal_nocase(struct str a, struct str b)
{
    return a.len == b.len && same_nocase(a.at, b.at, a.len);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_equal(str_slice(s, 0, prefix.len), prefix);
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

struct str str_slice(struct str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return s.at ? (struct str){s.at + from, len} : STR_NONE;
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

size_t str_find(struct str s, char c)
{
    const char *found = s.len > 0 ? memchr(s.at, c, s.len) : NULL;
    return found ? (size_t)(found - s.at) : s.len;
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
    if (s.len == 0 || s.len > 16)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_digit(s.at[i]);
        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    *out = n;
    return true;
}
