/* The character classes of RFC 3261 25.1, quoted strings, and numbers. Knows no header and no
 * message. */
#include "lex.h"

#include "base/scan.h"

#define IN(c, from, to) ((c) >= (from) && (c) <= (to))
#define DIGIT(c) IN(c, '0', '9')
#define ALPHA(c) (IN(c, 'a', 'z') || IN(c, 'A', 'Z'))
#define ALNUM(c) (DIGIT(c) || ALPHA(c))
#define HEX(c) (DIGIT(c) || IN(c, 'a', 'f') || IN(c, 'A', 'F'))
#define WS(c) ((c) == ' ' || (c) == '\t')
#define LWS(c) (WS(c) || (c) == '\r' || (c) == '\n')
#define MARK(c)                                                                          \
    ((c) == '-' || (c) == '_' || (c) == '.' || (c) == '!' || (c) == '~' || (c) == '*' || \
     (c) == '\'' || (c) == '(' || (c) == ')')
#define UNRESERVED(c) (ALNUM(c) || MARK(c))
#define TOKEN(c)                                                                       \
    (ALNUM(c) || (c) == '-' || (c) == '.' || (c) == '!' || (c) == '%' || (c) == '*' || \
     (c) == '_' || (c) == '+' || (c) == '`' || (c) == '\'' || (c) == '~')
#define WORD(c)                                                                           \
    (TOKEN(c) || (c) == '(' || (c) == ')' || (c) == '<' || (c) == '>' || (c) == ':' ||    \
     (c) == '\\' || (c) == '"' || (c) == '/' || (c) == '[' || (c) == ']' || (c) == '?' || \
     (c) == '{' || (c) == '}')
#define HOST(c) (ALNUM(c) || (c) == '-' || (c) == '.' || (c) == '_')
#define USER(c)                                                                             \
    (UNRESERVED(c) || (c) == '&' || (c) == '=' || (c) == '+' || (c) == '$' || (c) == ',' || \
     (c) == ';' || (c) == '?' || (c) == '/')
#define PASS(c) \
    (UNRESERVED(c) || (c) == '&' || (c) == '=' || (c) == '+' || (c) == '$' || (c) == ',')
#define PARAM(c)                                                                            \
    (UNRESERVED(c) || (c) == '[' || (c) == ']' || (c) == '/' || (c) == ':' || (c) == '&' || \
     (c) == '+' || (c) == '$')
#define HNV(c)                                                                              \
    (UNRESERVED(c) || (c) == '[' || (c) == ']' || (c) == '/' || (c) == '?' || (c) == ':' || \
     (c) == '+' || (c) == '$')
#define URIC(c)                                                                             \
    (UNRESERVED(c) || (c) == ';' || (c) == '/' || (c) == '?' || (c) == ':' || (c) == '@' || \
     (c) == '&' || (c) == '=' || (c) == '+' || (c) == '$' || (c) == ',' || (c) == '%' ||    \
     (c) == '[' || (c) == ']' || (c) == '#')
#define SCHEME(c) (ALNUM(c) || (c) == '+' || (c) == '-' || (c) == '.')
#define TEXT(c) ((c) == '\t' || ((c) >= ' ' && (c) != 0x7F))
#define GENVALUE(c) (TOKEN(c) || (c) == '[' || (c) == ']' || (c) == ':')

#define CLASSES(c)                                                                        \
    ((DIGIT(c) ? LEX_DIGIT : 0) | (HEX(c) ? LEX_HEX : 0) | (ALPHA(c) ? LEX_ALPHA : 0) |   \
     (WS(c) ? LEX_WS : 0) | (LWS(c) ? LEX_LWS : 0) | (TOKEN(c) ? LEX_TOKEN : 0) |         \
     (WORD(c) ? LEX_WORD : 0) | (HOST(c) ? LEX_HOST : 0) | (USER(c) ? LEX_USER : 0) |     \
     (PASS(c) ? LEX_PASS : 0) | (PARAM(c) ? LEX_PARAM : 0) | (HNV(c) ? LEX_HNV : 0) |     \
     (URIC(c) ? LEX_URIC : 0) | (SCHEME(c) ? LEX_SCHEME : 0) | (TEXT(c) ? LEX_TEXT : 0) | \
     (GENVALUE(c) ? LEX_GENVALUE : 0))

#define ROW4(c) CLASSES(c), CLASSES((c) + 1), CLASSES((c) + 2), CLASSES((c) + 3)
#define ROW16(c) ROW4(c), ROW4((c) + 4), ROW4((c) + 8), ROW4((c) + 12)
#define ROW64(c) ROW16(c), ROW16((c) + 16), ROW16((c) + 32), ROW16((c) + 48)

const uint16_t lex_table[256] = {ROW64(0), ROW64(64), ROW64(128), ROW64(192)};

/* RFC 3261 25.1: quoted-pair is any octet to 0x7F but CR and LF; NUL stands nowhere else. */
static bool quoted_pair_is_legal(const char *at, const char *end)
{
    return at + 1 < end && at[1] != '\r' && at[1] != '\n';
}

bool cursor_quoted(struct cursor *c, struct str *out)
{
    const char *at = c->at;
    if (at >= c->end || *at != '"')
        return false;
    for (at++;; at++) {
        at = lex_span(at, c->end, LEX_TOKEN | LEX_WS);
        if (at >= c->end || *at == '"')
            break;
        if (*at == '\\') {
            if (!quoted_pair_is_legal(at, c->end))
                return false;
            at++;
        } else if (!lex_is(*at, LEX_TEXT | LEX_LWS)) {
            return false;
        }
    }
    if (at >= c->end)
        return false;
    *out = (struct str){c->at, (size_t)(at + 1 - c->at)};
    c->at = at + 1;
    return true;
}

const char *lex_find_eol(const char *at, const char *end)
{
    for (; end - at >= SCAN_STEP; at += SCAN_STEP) {
        unsigned found = scan_line_end(at);
        if (found < SCAN_STEP)
            return at + found;
    }
    while (at < end && *at != '\r' && *at != '\n')
        at++;
    return at;
}

const char *lex_find_colon(const char *at, const char *end)
{
    const char *eol = lex_find_eol(at, end), *colon = memchr(at, ':', (size_t)(eol - at));
    return colon ? colon : eol;
}
