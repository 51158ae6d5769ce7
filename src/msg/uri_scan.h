/* The URI grammar as a scanner that stops where the URI ends, for name-addr and Request-URI alike.
 * Knows no header. */
#ifndef TANDEM_SRC_MSG_URI_SCAN_H
#define TANDEM_SRC_MSG_URI_SCAN_H

#include "msg/lex.h"
#include "msg/uri.h"

/* RFC 3261 20: an addr-spec without brackets ends before its first ';', ',' or '?'. */
enum uri_form { URI_FULL, URI_BARE };

/* Reads the URI at the cursor and leaves the cursor behind it, at the first byte that cannot belong
 * to it; the caller judges that byte. After a fault the cursor stands at it. */
enum msg_error_code uri_scan(struct cursor *c, enum uri_form form, struct uri *out);

/* RFC 3261 25.1 host: the first byte behind it; NULL: *fault is where it is wrong. */
const char *host_end(const char *at, const char *end, const char **fault);

/* False: the cursor stands at the fault. */
static inline bool host_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at, *fault, *end = host_end(from, c->end, &fault);
    c->at = end ? end : fault;
    if (end)
        *out = text_between(from, end);
    return end != NULL;
}

/* 0-65535, at least one digit. A number that is too large leaves the cursor before it. */
static inline bool port_scan(struct cursor *c, uint16_t *out)
{
    uint64_t port;
    if (!cursor_number(c, 65535, &port))
        return false;
    *out = (uint16_t)port;
    return true;
}

/* The longest run of `classes` and "% HEX HEX". False: a broken escape, where the cursor stands. */
static inline bool escaped_scan(struct cursor *c, unsigned classes, struct str *out)
{
    const char *at = c->at, *end = c->end;
    for (;;) {
        at = lex_span(at, end, classes);
        if (at == end || *at != '%')
            break;
        if (end - at < 3 || !lex_is(at[1], LEX_HEX) || !lex_is(at[2], LEX_HEX)) {
            c->at = at;
            return false;
        }
        at += 3;
    }
    *out = (struct str){c->at, (size_t)(at - c->at)};
    c->at = at;
    return true;
}

#endif
