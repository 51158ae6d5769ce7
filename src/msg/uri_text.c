/* Escapes and pairs in the text of a URI (RFC 3261 19.1.2, 19.1.4). Knows no scheme. */
#include "msg/uri_text.h"
#include "msg/uri.h"

unsigned uri_next_char(struct cursor *c)
{
    unsigned char ch = (unsigned char)*c->at++;
    if (ch != '%' || c->end - c->at < 2 || !lex_is(c->at[0], LEX_HEX) || !lex_is(c->at[1], LEX_HEX))
        return ch;
    unsigned value = uri_hex(c->at[0]) << 4 | uri_hex(c->at[1]);
    c->at += 2;
    bool reserved = value != 0 && value < 128 && memchr(";/?:@&=+$,", (int)value, 10);
    return reserved ? value | URI_ESCAPED_RESERVED : value;
}

static unsigned lower(unsigned c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool uri_text_equal(struct str a, struct str b, bool nocase)
{
    if (a.len == 0 || b.len == 0)
        return a.len == b.len;
    struct cursor x = cursor_of(a), y = cursor_of(b);
    while (!cursor_done(&x) && !cursor_done(&y)) {
        unsigned p = uri_next_char(&x), q = uri_next_char(&y);
        if (p != q && (!nocase || lower(p) != lower(q)))
            return false;
    }
    return cursor_done(&x) && cursor_done(&y);
}

bool uri_pair_next(struct str text, char separator, size_t *at, struct str *name, struct str *value)
{
    if (*at >= text.len)
        return false;
    const char *from = text.at + *at + 1, *end = text.at + text.len, *stop = from, *equal = NULL;
    for (; stop < end && *stop != separator; stop++)
        if (*stop == '=' && !equal)
            equal = stop;
    *at = (size_t)(stop - text.at);
    *name = (struct str){from, (size_t)((equal ? equal : stop) - from)};
    *value = equal ? (struct str){equal + 1, (size_t)(stop - equal - 1)} : STR_NONE;
    return true;
}

void uri_unescape(struct buf *b, struct str s)
{
    struct cursor c = {s.at, s.len > 0 ? s.at + s.len : s.at};
    while (!cursor_done(&c))
        buf_put_char(b, (char)(uri_next_char(&c) & 0xff));
}
