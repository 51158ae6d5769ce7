/* Reads rungs. Knows what nodes of ours print, not all that may be written. */
#include "sim/wire.h"

#include <stdlib.h>
#include <string.h>

bool wire_is_request(const struct rung *r)
{
    return !str_starts((struct str){r->text, r->len}, STR("SIP/2.0 "));
}

struct str wire_method(const struct rung *r)
{
    struct str start = wire_start(r), cseq = rung_header(r, "CSeq");
    if (wire_is_request(r))
        return str_slice(start, 0, str_find(start, ' '));
    return str_trim(str_slice(cseq, str_find(cseq, ' '), cseq.len));
}

unsigned long wire_cseq(const struct rung *r)
{
    struct str cseq = rung_header(r, "CSeq");
    return cseq.len > 0 ? strtoul(cseq.at, NULL, 10) : 0;
}

struct str wire_start(const struct rung *r)
{
    struct str text = {r->text, r->len};
    return str_slice(text, 0, str_find(text, '\r'));
}

unsigned wire_status(const struct rung *r)
{
    uint64_t status = 0;
    if (wire_is_request(r) ||
        !str_to_u64(str_slice((struct str){r->text, r->len}, 8, 3), 999, &status))
        return 0;
    return (unsigned)status;
}

struct str wire_via(const struct rung *r, unsigned n)
{
    const char *at = strstr(r->text, "\r\nVia:");
    while (at && n-- > 0)
        at = strstr(at + 2, "\r\nVia:");
    if (!at)
        return STR_NONE;
    struct str line = str_from(at + 6);
    return str_trim(str_slice(line, 0, str_find(line, '\r')));
}

static struct str param(struct str value, struct str name)
{
    for (size_t i = 0; i + name.len <= value.len; i++) {
        struct str rest = str_slice(value, i, value.len);
        if (!str_starts_nocase(rest, name))
            continue;
        rest = str_slice(rest, name.len, rest.len);
        return str_slice(rest, 0, str_find(rest, ';'));
    }
    return STR_NONE;
}

struct str wire_branch(const struct rung *r, unsigned n)
{
    return param(wire_via(r, n), STR(";branch="));
}

bool wire_is_stateless(const struct rung *r)
{
    return str_starts(wire_branch(r, 0), STR("z9hG4bK0000000000000000"));
}

struct str wire_tag(const struct rung *r, const char *header)
{
    return param(rung_header(r, header), STR(";tag="));
}

unsigned wire_arrivals(const struct rung *r)
{
    switch (r->fate) {
    case FATE_DOUBLED:
        return 2;
    case FATE_DELIVERED:
    case FATE_STREAM:
    case FATE_CUT:
        return 1;
    case FATE_LOST:
    case FATE_NOWHERE:
    case FATE_DEAD:
    case FATE_TOO_LONG:
        break;
    }
    return 0;
}

bool wire_was_cut(const struct ladder *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->rungs[i].fate == FATE_CUT)
            return true;
    return false;
}
