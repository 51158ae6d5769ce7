/* Reads host and port (RFC 3261 25.1), which URIs and Via share. Resolves nothing. */
#include "msg/uri_scan.h"

/* IPv4address: four groups of one to three digits, none over 255. */
static bool is_ip4(const char *at, const char *end)
{
    unsigned groups = 0;
    while (at < end && groups < 4) {
        unsigned value = 0;
        const char *from = at;
        while (at < end && lex_is(*at, LEX_DIGIT) && at - from < 3)
            value = value * 10 + (unsigned)(*at++ - '0');
        if (at == from || value > 255)
            return false;
        groups++;
        if (at < end && *at++ != '.')
            return false;
    }
    return groups == 4 && at == end && end[-1] != '.';
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
            return is_ip4(from, end) && (gap ? groups <= 5 : groups == 6);
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

bool host_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at, *end = c->end, *at = from, *label = from;
    if (at < end && *at == '[')
        return ip6_scan(c, out);
    for (; at < end && lex_is(*at, LEX_HOST); at++) {
        if (*at != '.')
            continue;
        /* A label is not empty and no hyphen stands at its ends. */
        if (at == label || *label == '-' || at[-1] == '-') {
            c->at = at;
            return false;
        }
        label = at + 1;
    }
    c->at = at;
    if (at == from)
        return false;
    const char *last = label;
    if (label == at) /* a final dot: the label before it is the last */
        for (last = at - 1; last > from && last[-1] != '.';)
            last--;
    if (label < at && (*label == '-' || at[-1] == '-'))
        return false;
    if (lex_is(*last, LEX_DIGIT) && !is_ip4(from, at))
        return false;
    *out = (struct str){from, (size_t)(at - from)};
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
