/* Compares addresses-of-record with patterns, in time bounded by the product of their lengths. */
#include "server/control_pattern.h"

static bool same(char a, char b)
{
    return str_equal_nocase((struct str){&a, 1}, (struct str){&b, 1});
}

static bool glob(struct str pattern, struct str s)
{
    size_t p = 0, i = 0, star = pattern.len, from = 0;

    while (i < s.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            from = i;
        } else if (p < pattern.len && (pattern.at[p] == '?' || same(pattern.at[p], s.at[i]))) {
            p++;
            i++;
        } else if (star < pattern.len) {
            p = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

static bool is_within(struct str s, struct str piece)
{
    for (size_t i = 0; i + piece.len <= s.len; i++)
        if (str_equal_nocase(str_slice(s, i, piece.len), piece))
            return true;
    return false;
}

static bool has(struct str s, char c)
{
    return str_find(s, c) < s.len;
}

static bool has_scheme(struct str pattern)
{
    return str_starts_nocase(pattern, STR("sip:")) || str_starts_nocase(pattern, STR("sips:")) ||
           str_starts_nocase(pattern, STR("tel:"));
}

bool control_pattern_matches(struct str pattern, struct str aor)
{
    struct str name = has_scheme(pattern) ? aor : str_slice(aor, str_find(aor, ':') + 1, aor.len);

    if (pattern.len == 0)
        return true;
    if (has(pattern, '*') || has(pattern, '?'))
        return glob(pattern, name);
    return has(pattern, '@') ? str_equal_nocase(pattern, name) : is_within(name, pattern);
}
