/* Reads host and port (RFC 3261 25.1), which URIs and Via share. Resolves nothing. */
#include <assert.h>

#include "msg/uri_scan.h"

static inline unsigned digit_of(char c)
{
    return (unsigned)(c - '0');
}

/* One to three digits of `left` bytes, at most 255. The first byte behind them, or NULL. */
static inline const char *octet_end(const char *at, ptrdiff_t left)
{
    if (left < 1 || digit_of(at[0]) > 9)
        return NULL;
    if (left < 2 || digit_of(at[1]) > 9)
        return at + 1;
    if (left < 3 || digit_of(at[2]) > 9)
        return at + 2;
    unsigned value = digit_of(at[0]) * 100 + digit_of(at[1]) * 10 + digit_of(at[2]);
    return value <= 255 ? at + 3 : NULL;
}

/* Four groups with a dot between two; `end` is NULL where it is too far to be met. A digit may
 * stand behind them. */
static inline const char *octets_end(const char *at, const char *end)
{
    for (unsigned groups = 1; (at = octet_end(at, end ? end - at : 3)) != NULL; groups++) {
        if (groups == 4)
            return at;
        if (at == end || *at++ != '.')
            return NULL;
    }
    return NULL;
}

/* IPv4address. The first byte behind it, which may be one more digit, or NULL. */
static const char *ip4_end(const char *at, const char *end)
{
    const ptrdiff_t longest = sizeof "255.255.255.255" - 1;
    return end - at > longest ? octets_end(at, NULL) : octets_end(at, end);
}

/* The group behind a colon may be an IPv4 address; nothing stands behind that. */
static bool is_ip6(const char *at, const char *end)
{
    unsigned groups = 0;
    bool gap = false;
    while (at < end) {
        const char *from = at;
        at = lex_span(at, end, LEX_HEX);
        if (at < end && *at == '.')
            return ip4_end(from, end) == end && (gap ? groups <= 5 : groups == 6);
        if (at - from > 4)
            return false;
        if (at > from)
            groups++;
        if (at == end)
            break;
        assert(*at == ':'); /* ip6_end lets nothing else in */
        if (++at == end)
            return false;
        if (*at == ':') {
            if (gap)
                return false;
            gap = true;
            at++;
            /* RFC 5118 4.10: the third colon that RFC 3261's grammar demanded before IPv4. */
            if (at < end && *at == ':')
                at++;
        } else if (at - from == 1) {
            return false;
        }
    }
    return gap ? groups <= 7 : groups == 8;
}

/* IPv6reference, with its brackets. */
static const char *ip6_end(const char *at, const char *end, const char **fault)
{
    const char *from = at + 1;
    *fault = at;
    for (at = from; at < end && (lex_is(*at, LEX_HEX) || *at == ':' || *at == '.');)
        at++;
    if (at == end || *at != ']') {
        *fault = at;
        return NULL;
    }
    return is_ip6(from, at) ? at + 1 : NULL;
}

/* alphanum / alphanum *( alphanum / "-" ) alphanum; '_' is no host name's but in use. The first
 * byte behind it. */
static inline const char *label_end(const char *at, const char *end)
{
    at = lex_span(at, end, LEX_ALPHA | LEX_DIGIT);
    while (at < end && (*at == '-' || *at == '_'))
        at = lex_span(at + 1, end, LEX_ALPHA | LEX_DIGIT);
    return at;
}

/* hostname = *( domainlabel "." ) toplabel [ "." ]; a toplabel begins with no digit. */
static const char *name_end(const char *at, const char *end, const char **fault)
{
    const char *from = at, *label = from, *top = from;
    for (;;) {
        *fault = at = label_end(label, end);
        bool dot = at < end && *at == '.';
        if (at == label && label > from && !dot)
            break;
        if (at == label || *label == '-' || at[-1] == '-')
            return NULL;
        top = label;
        if (!dot)
            break;
        label = at + 1;
    }
    return lex_is(*top, LEX_DIGIT) ? NULL : at;
}

/* Nearly all names: letters and digits, and dots and hyphens that stand alone between them. NULL:
 * it is none of these, or none at all. */
static inline const char *plain_name_end(const char *at, const char *end)
{
    const char *label = at;
    for (;; at++) {
        const char *from = at;
        at = lex_span(at, end, LEX_ALPHA | LEX_DIGIT);
        if (at == from)
            return NULL;
        if (at == end || !lex_is(*at, LEX_HOST))
            return lex_is(*label, LEX_ALPHA) ? at : NULL;
        if (*at == '.')
            label = at + 1;
    }
}

const char *host_end(const char *at, const char *end, const char **fault)
{
    const char *whole;
    if (at < end && *at == '[')
        return ip6_end(at, end, fault);
    if (at < end && lex_is(*at, LEX_DIGIT)) {
        whole = ip4_end(at, end);
        if (whole && (whole == end || !lex_is(*whole, LEX_HOST)))
            return whole;
    } else {
        whole = plain_name_end(at, end);
        if (LIKELY(whole != NULL))
            return whole;
    }
    return name_end(at, end, fault);
}
