/* Reads host and port (RFC 3261 25.1), which URIs and Via share. Resolves nothing. */
#include "msg/uri_scan.h"

/* IPv4address: four groups of one to three digits, none over 255. The first byte behind it, or
 * NULL. */
static const char *ip4_end(const char *at, const char *end)
{
    for (unsigned groups = 1;; groups++) {
        const char *from = at;
        unsigned value = 0;
        for (unsigned digit; at < end && (digit = (unsigned)(*at - '0')) <= 9 && value < 256; at++)
            value = value * 10 + digit;
        if (at == from || value > 255 || at - from > 3)
            return NULL;
        if (groups == 4)
            return at;
        if (at == end || *at++ != '.')
            return NULL;
    }
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
        if (*at != ':')
            return false;
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

static bool ip6_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at + 1;
    const char *at = from;
    while (at < c->end && (lex_is(*at, LEX_HEX) || *at == ':' || *at == '.'))
        at++;
    if (at == c->end || *at != ']') {
        c->at = at;
        return false;
    }
    if (!is_ip6(from, at))
        return false;
    *out = (struct str){c->at, (size_t)(at + 1 - c->at)};
    c->at = at + 1;
    return true;
}

/* alphanum / alphanum *( alphanum / "-" ) alphanum; '_' is no host name's but in use. The first
 * byte behind it. */
static inline const char *label_span(const char *at, const char *end)
{
    at = lex_span(at, end, LEX_ALPHA | LEX_DIGIT);
    while (at < end && (*at == '-' || *at == '_'))
        at = lex_span(at + 1, end, LEX_ALPHA | LEX_DIGIT);
    return at;
}

/* hostname = *( domainlabel "." ) toplabel [ "." ]; a toplabel begins with no digit. */
static bool name_scan(struct cursor *c)
{
    const char *from = c->at, *label = from, *top = from, *end = c->end;
    for (;;) {
        c->at = label_span(label, end);
        bool dot = c->at < end && *c->at == '.';
        if (c->at == label && label > from && !dot)
            break;
        if (c->at == label || *label == '-' || c->at[-1] == '-')
            return false;
        top = label;
        if (!dot)
            break;
        label = c->at + 1;
    }
    return !lex_is(*top, LEX_DIGIT);
}

bool host_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at, *ip4;
    if (from < c->end && *from == '[')
        return ip6_scan(c, out);
    if (from < c->end && lex_is(*from, LEX_DIGIT) && (ip4 = ip4_end(from, c->end)) &&
        (ip4 == c->end || !lex_is(*ip4, LEX_HOST)))
        c->at = ip4;
    else if (!name_scan(c))
        return false;
    *out = (struct str){from, (size_t)(c->at - from)};
    return true;
}

bool port_scan(struct cursor *c, uint16_t *out)
{
    const char *from = c->at, *at = from;
    unsigned value = 0;
    for (; at < c->end && lex_is(*at, LEX_DIGIT); at++) {
        value = value * 10 + (unsigned)(*at - '0');
        if (value > 65535)
            return false;
    }
    c->at = at;
    if (at == from)
        return false;
    *out = (uint16_t)value;
    return true;
}
