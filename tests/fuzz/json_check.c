/* Judges JSON texts by RFC 8259: values, their nesting, strings of whole UTF-8 characters. */
#include "json_check.h"

#define DEPTH_MAX 64

struct reader {
    const unsigned char *at, *end;
    char open[DEPTH_MAX]; /* '{' or '[', outermost first */
    unsigned depth;
};

static int peek(const struct reader *r)
{
    return r->at < r->end ? *r->at : -1;
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bool take_word(struct reader *r, struct str word)
{
    if ((size_t)(r->end - r->at) < word.len || memcmp(r->at, word.at, word.len) != 0)
        return false;
    r->at += word.len;
    return true;
}

static bool take_hex4(struct reader *r)
{
    for (unsigned i = 0; i < 4; i++, r->at++)
        if (peek(r) <= 0 || !memchr("0123456789abcdefABCDEF", peek(r), 22))
            return false;
    return true;
}

static bool take_escape(struct reader *r)
{
    if (take(r, 'u'))
        return take_hex4(r);
    bool good = peek(r) > 0 && memchr("\"\\/bfnrt", peek(r), 8);
    r->at += good;
    return good;
}

/* The code point's length in UTF-8 shows overlong forms. */
static bool take_character(struct reader *r)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned lead = *r->at++;
    unsigned n = lead < 0x80       ? 1
                 : lead >> 5 == 6  ? 2
                 : lead >> 4 == 14 ? 3
                 : lead >> 3 == 30 ? 4
                                   : 0;
    if (n <= 1)
        return n == 1 && lead >= 0x20;
    uint32_t code = lead & (0x7fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if (peek(r) < 0 || (*r->at & 0xc0) != 0x80)
            return false;
        code = code << 6 | (*r->at++ & 0x3f);
    }
    return code >= least[n] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

static bool take_string(struct reader *r)
{
    if (!take(r, '"'))
        return false;
    while (!take(r, '"')) {
        bool good = take(r, '\\') ? take_escape(r) : peek(r) >= 0 && take_character(r);
        if (!good)
            return false;
    }
    return true;
}

static bool take_digits(struct reader *r)
{
    const unsigned char *from = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at > from;
}

/* None of ours has an exponent. */
static bool take_number(struct reader *r)
{
    (void)take(r, '-');
    const unsigned char *from = r->at;
    bool whole = take_digits(r) && (*from != '0' || r->at == from + 1);
    return whole && (!take(r, '.') || take_digits(r));
}

static bool take_scalar(struct reader *r)
{
    if (peek(r) == '"')
        return take_string(r);
    return take_word(r, STR("true")) || take_word(r, STR("false")) || take_word(r, STR("null")) ||
           take_number(r);
}

static bool take_name(struct reader *r)
{
    return r->open[r->depth - 1] == '[' || (take_string(r) && take(r, ':'));
}

/* Behind a value: closes what ends here; *more: another value follows. */
static bool go_on(struct reader *r, bool *more)
{
    while (r->depth > 0 && take(r, r->open[r->depth - 1] == '{' ? '}' : ']'))
        r->depth--;
    *more = r->depth > 0;
    return r->depth == 0 || (take(r, ',') && take_name(r));
}

static bool take_open(struct reader *r, bool *empty)
{
    char open = (char)peek(r), close = open == '{' ? '}' : ']';
    if (r->depth == DEPTH_MAX)
        return false;
    r->at++;
    r->open[r->depth++] = open;
    *empty = peek(r) == close;
    return *empty || take_name(r);
}

bool json_is_valid(struct str text)
{
    struct reader r = {.at = (const unsigned char *)text.at};
    bool more = true, empty = false;
    r.end = r.at + text.len;
    while (more) {
        if (peek(&r) == '{' || peek(&r) == '[') {
            if (!take_open(&r, &empty))
                return false;
            if (!empty)
                continue;
        } else if (!take_scalar(&r)) {
            return false;
        }
        if (!go_on(&r, &more))
            return false;
    }
    while (peek(&r) == '\n')
        r.at++;
    return r.at == r.end;
}
