/* A view of bytes that belong to somebody else. Never NUL-terminated, may hold any byte. */
#ifndef TANDEM_BASE_STR_H
#define TANDEM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at;
    size_t len;
};

/* A view of a string literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For static initialisers. */
#define STR_INIT(literal)              \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).at
#define STR_NONE ((struct str){NULL, 0})

/* A view of a NUL-terminated string (argv, tests); an empty view for NULL. */
struct str str_from(const char *z);

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* ASCII case is ignored; bytes above 127 compare exactly (RFC 3261 7.3.1). */
bool str_equal_nocase(struct str a, struct str b);
static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends_nocase(struct str s, struct str suffix);
/* Bytewise order, shorter first where one is the other's beginning. */
int str_compare(struct str a, struct str b);

/* `from` and `len` are clamped to the view. */
static inline struct str str_slice(struct str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return s.at ? (struct str){s.at + from, len} : STR_NONE;
}

/* Without the SP, HTAB, CR and LF at both ends. */
struct str str_trim(struct str s);
/* The offset of `c`, or s.len where it is absent. */
static inline size_t str_find(struct str s, char c)
{
    const char *found = s.len > 0 ? (const char *)memchr(s.at, c, s.len) : NULL;
    return found ? (size_t)(found - s.at) : s.len;
}

/* Decimal digits only, all of the view, at least one. False (and *out untouched) for anything else
 * or where the value exceeds `max`. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
/* Hexadecimal digits only, all of the view, 1 to 16 of them, in any case. False: *out is untouched.
 */
bool str_to_hex(struct str s, uint64_t *out);

#endif
