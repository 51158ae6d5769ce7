/* The lexical ground of every grammar of SIP: character classes, a cursor, and the search for line
 * ends. Knows no header and no message. RFC 3261 25.1. */
#ifndef TANDEM_SRC_MSG_LEX_H
#define TANDEM_SRC_MSG_LEX_H

#include "base/str.h"

enum lex_class {
    LEX_DIGIT = 1 << 0,
    LEX_HEX = 1 << 1,
    LEX_ALPHA = 1 << 2,
    LEX_WS = 1 << 3,       /* SP HTAB */
    LEX_LWS = 1 << 4,      /* SP HTAB CR LF: inside a value a line end is always a folding */
    LEX_TOKEN = 1 << 5,    /* token */
    LEX_WORD = 1 << 6,     /* word (Call-ID, without the '@') */
    LEX_HOST = 1 << 7,     /* alphanum '-' '.' and '_', which is no host name but is in use */
    LEX_USER = 1 << 8,     /* unreserved / user-unreserved */
    LEX_PASS = 1 << 9,     /* unreserved and & = + $ , */
    LEX_PARAM = 1 << 10,   /* unreserved / param-unreserved: uri-parameter names and values */
    LEX_HNV = 1 << 11,     /* unreserved / hnv-unreserved: URI header names and values */
    LEX_URIC = 1 << 12,    /* reserved / unreserved / '%' and "[]#": any character of a URI */
    LEX_SCHEME = 1 << 13,  /* alphanum + - . */
    LEX_TEXT = 1 << 14,    /* 0x20-0x7E, HTAB and all from 0x80: TEXT-UTF8 */
    LEX_GENVALUE = 1 << 15 /* token / host as gen-value takes them: token and "[]:" */
};

/* '%' belongs to no class but LEX_TOKEN, LEX_WORD, LEX_GENVALUE and LEX_URIC: who reads USER, PASS,
 * PARAM or HNV looks for "% HEX HEX" itself. */
extern const uint16_t lex_table[256];

static inline bool lex_is(char c, unsigned classes)
{
    return (lex_table[(unsigned char)c] & classes) != 0;
}

/* LEX_LWS with one comparison for most bytes. */
static inline bool lex_is_lws(char c)
{
    return (unsigned char)c <= ' ' && lex_is(c, LEX_LWS);
}

static inline char lex_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* The first byte in [at, end) that is not in `classes`, or end. */
static inline const char *lex_span(const char *at, const char *end, unsigned classes)
{
    for (size_t fours = (size_t)(end - at) / 4; fours > 0; fours--, at += 4) {
        if (!lex_is(at[0], classes))
            return at;
        if (!lex_is(at[1], classes))
            return at + 1;
        if (!lex_is(at[2], classes))
            return at + 2;
        if (!lex_is(at[3], classes))
            return at + 3;
    }
    while (at < end && lex_is(*at, classes))
        at++;
    return at;
}

static inline struct str text_between(const char *from, const char *end)
{
    return (struct str){from, (size_t)(end - from)};
}

/* What is left of a view while it is read. */
struct cursor {
    const char *at, *end;
};

static inline struct cursor cursor_of(struct str s)
{
    /* An empty view may be of nothing at all, and to that nothing is added. */
    return (struct cursor){s.at, s.len > 0 ? s.at + s.len : s.at};
}

static inline bool cursor_done(const struct cursor *c)
{
    return c->at >= c->end;
}

/* The next byte; NUL at the end (which no grammar takes as a delimiter). */
static inline char cursor_peek(const struct cursor *c)
{
    return c->at < c->end ? *c->at : '\0';
}

/* Steps over `ch` if it is next. */
static inline bool cursor_take(struct cursor *c, char ch)
{
    if (c->at >= c->end || *c->at != ch)
        return false;
    c->at++;
    return true;
}

/* Is `text` next, and more behind it? */
static inline bool cursor_starts(const struct cursor *c, struct str text)
{
    return c->end - c->at > (ptrdiff_t)text.len && memcmp(c->at, text.at, text.len) == 0;
}

static inline void cursor_skip_lws(struct cursor *c)
{
    while (c->at < c->end && lex_is_lws(*c->at))
        c->at++;
}

/* SWS ch SWS: SEMI, COMMA, EQUAL, SLASH, COLON … Without `ch` only the white space is skipped. */
static inline bool cursor_take_sep(struct cursor *c, char ch)
{
    cursor_skip_lws(c);
    if (!cursor_take(c, ch))
        return false;
    cursor_skip_lws(c);
    return true;
}

/* The longest run of the classes; may be empty. */
static inline struct str cursor_run(struct cursor *c, unsigned classes)
{
    const char *from = c->at;
    c->at = lex_span(c->at, c->end, classes);
    return (struct str){from, (size_t)(c->at - from)};
}

static inline struct str cursor_token(struct cursor *c)
{
    return cursor_run(c, LEX_TOKEN);
}

/* A quoted string that starts at the cursor; *out keeps its quotes. False: none starts here or it
 * does not end; the cursor then stands where it stood. RFC 3261 25.1: CR and LF are legal as
 * folding only, NUL only escaped. */
bool cursor_quoted(struct cursor *c, struct str *out);

/* Decimal digits, at least one, at most `max`, which is below 2^60. False: the cursor has not
 * moved. */
static inline bool cursor_number(struct cursor *c, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    const char *at = c->at;
    for (unsigned digit; at < c->end && (digit = (unsigned)(*at - '0')) <= 9; at++) {
        n = n * 10 + digit;
        if (n > max)
            return false;
    }
    if (at == c->at)
        return false;
    c->at = at;
    *out = n;
    return true;
}

/* The first CR or LF in [at, end), or end. */
const char *lex_find_eol(const char *at, const char *end);
/* The first ':', CR or LF in [at, end), or end: where a header's name ends. */
const char *lex_find_colon(const char *at, const char *end);

#endif
