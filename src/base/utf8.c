/* Tells whole characters from stray bytes; knows no letters. */
#include "base/utf8.h"

/* RFC 3629 4: how many bytes a character beginning with `lead` has, and what its second may be. */
static size_t length_of(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

size_t utf8_character(struct str s)
{
    unsigned char low, high;
    size_t n = s.len ? length_of((unsigned char)s.at[0], &low, &high) : 0;

    if (n > s.len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (c < (i == 1 ? low : 0x80) || c > (i == 1 ? high : 0xbf))
            return 0;
    }
    return n;
}

/* Most texts are ASCII: eight bytes at once. */
static size_t ascii_words(struct str s)
{
    size_t at = 0;

    for (uint64_t word; at + sizeof(word) <= s.len; at += sizeof(word)) {
        memcpy(&word, s.at + at, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return at;
}

bool utf8_is_valid(struct str s)
{
    while (s.len > 0) {
        size_t n = ascii_words(s);

        if (n == 0)
            n = utf8_character(s);
        if (n == 0)
            return false;
        s = str_slice(s, n, s.len);
    }
    return true;
}

bool utf8_is_control(struct str s)
{
    unsigned char first = s.len ? (unsigned char)s.at[0] : ' ';

    return first < 0x20 || first == 0x7f ||
           (first == 0xc2 && s.len > 1 && (unsigned char)s.at[1] < 0xa0);
}
