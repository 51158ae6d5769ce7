/* Which headers belong into a message: data/header_rules.def against what is there (RFC 3261 20).
 * Looks at no value. */
#include "rules.h"

struct rule {
    const char *where, *cells, *rfc;
    uint8_t header;
};

static const struct rule rules[] = {
#define RULE(header, where, cells, rfc) {where, cells, rfc, HDR_##header},
#include "header_rules.def"
#undef RULE
};
#define N_RULES (sizeof(rules) / sizeof(rules[0]))

_Static_assert(N_METHODS == 15, "data/header_rules.def has a cell for each method");

/* Where a method's column comes from. */
static const char *const tables[N_METHODS] = {
    [METHOD_INVITE] = "3261 20",     [METHOD_ACK] = "3261 20",       [METHOD_BYE] = "3261 20",
    [METHOD_CANCEL] = "3261 20",     [METHOD_REGISTER] = "3261 20",  [METHOD_OPTIONS] = "3261 20",
    [METHOD_INFO] = "6086 6",        [METHOD_PRACK] = "3262 6",      [METHOD_UPDATE] = "3311 7",
    [METHOD_SUBSCRIBE] = "3265 7.1", [METHOD_NOTIFY] = "3265 7.1",   [METHOD_REFER] = "3515 2.2",
    [METHOD_MESSAGE] = "3428 9",     [METHOD_PUBLISH] = "3903 11.1",
};

/* "415", "2xx", "18x", "300-699" */
static bool status_in(struct str range, unsigned status)
{
    size_t dash = str_find(range, '-');
    uint64_t low = 0, high = 0;
    if (dash < range.len)
        return str_to_u64(str_slice(range, 0, dash), 999, &low) &&
               str_to_u64(str_slice(range, dash + 1, range.len), 999, &high) && status >= low &&
               status <= high;
    unsigned digits[3] = {status / 100, status / 10 % 10, status % 10};
    for (size_t i = 0; i < 3 && i < range.len; i++)
        if (range.at[i] != 'x' && (unsigned)(range.at[i] - '0') != digits[i])
            return false;
    return range.len == 3;
}

static bool stands_there(const char *where, const struct msg *m)
{
    struct str rest = str_from(where);
    if (rest.len == 0 || where[0] == 'c')
        return true;
    if (where[0] == 'R' || where[0] == 'r')
        return m->is_request == (where[0] == 'R');
    while (!m->is_request && rest.len > 0) {
        size_t comma = str_find(rest, ',');
        if (status_in(str_slice(rest, 0, comma), m->status))
            return true;
        rest = str_slice(rest, comma + 1, rest.len);
    }
    return false;
}

/* What the rows of one header come to. */
struct verdict {
    bool told;       /* a row says something of this method */
    bool applicable; /* here */
    bool mandatory, advised;
    const char *rfc;
};

static void weigh(struct verdict *v, const struct rule *r, const struct msg *m)
{
    char cell = r->cells[2 * (m->method - 1)];
    if (cell == '.')
        return;
    v->told = true;
    v->rfc = r->rfc[0] ? r->rfc : tables[m->method];
    if (cell == '-' || !stands_there(r->where, m))
        return;
    v->applicable = true;
    v->mandatory |= cell == 'm' || (cell == '*' && m->body.len > 0);
    v->advised |= cell == 'M' || cell == 't';
}

/* The headers that every message has are the parser's to miss. */
static bool parser_misses(uint8_t header)
{
    return header == HDR_VIA || header == HDR_FROM || header == HDR_TO || header == HDR_CALL_ID ||
           header == HDR_CSEQ;
}

static void judge(struct lint *l, const struct msg *m, uint8_t header, const struct verdict *v)
{
    const struct hdr *h = msg_header(m, header);
    if (h && v->told && !v->applicable)
        lint_note(l, LINT_HEADER_NOT_APPLICABLE, h->at, header, v->rfc);
    else if (!h && v->mandatory && !parser_misses(header))
        lint_note(l, LINT_HEADER_MISSING, 0, header, v->rfc);
    else if (!h && v->advised)
        lint_note(l, LINT_HEADER_ADVISED, 0, header, v->rfc);
}

/* RFC 2543's, which RFC 3261 28 took away, and what was deprecated since. */
static void obsolete(struct lint *l, const struct msg *m)
{
    static const uint8_t ids[] = {HDR_ENCRYPTION, HDR_HIDE, HDR_RESPONSE_KEY, HDR_IDENTITY_INFO};
    for (size_t i = 0; i < sizeof(ids); i++)
        if (msg_header(m, ids[i]))
            lint_note_header(l, m, LINT_HEADER_OBSOLETE, ids[i]);
}

void lint_headers(struct lint *l, struct msg *m)
{
    obsolete(l, m);
    if (m->method == METHOD_OTHER)
        return;
    for (size_t i = 0; i < N_RULES;) {
        struct verdict v = {0};
        uint8_t header = rules[i].header;
        for (; i < N_RULES && rules[i].header == header; i++)
            weigh(&v, &rules[i], m);
        judge(l, m, header, &v);
    }
}
