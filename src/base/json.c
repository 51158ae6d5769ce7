/* Writes JSON strings; knows nothing of what they say. */
#include "base/json.h"

#include "base/utf8.h"

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
