/* Writes JSON strings; knows nothing of what they say. */
#include "base/json.h"

/* RFC 3629 4: how many bytes a character beginning with `lead` has, and what its second may be. */
static size_t utf8_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The length of the whole character at the start of `s`, which begins above 127; 0: it is none. */
static size_t utf8_character(struct str s)
{
    unsigned char low, high;
    size_t n = utf8_length((unsigned char)s.at[0], &low, &high);

    if (n == 0 || n > s.len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (c < (i == 1 ? low : 0x80) || c > (i == 1 ? high : 0xbf))
            return 0;
    }
    return n;
}

static void put_ascii(FILE *f, char c)
{
    static const char named[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

    if ((size_t)c < sizeof(named) && named[(size_t)c])
        fprintf(f, "\\%c", named[(size_t)c]);
    else if (c < 0x20 || c == 0x7f)
        fprintf(f, "\\u%04x", (unsigned)c);
    else
        putc(c, f);
}

void json_string(FILE *f, struct str s)
{
    putc('"', f);
    while (s.len > 0) {
        size_t n = 1;

        if ((unsigned char)s.at[0] < 0x80)
            put_ascii(f, s.at[0]);
        else if ((n = utf8_character(s)))
            fwrite(s.at, 1, n, f);
        else
            n = (size_t)(fputs("\\ufffd", f) >= 0); /* 1, unless the stream is broken */
        s = str_slice(s, n ? n : 1, s.len);
    }
    putc('"', f);
}
