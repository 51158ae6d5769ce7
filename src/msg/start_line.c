/* The Request-Line and the Status-Line. Knows no header. RFC 3261 7.1, 7.2. */
#include "start_line.h"

#include "lex.h"
#include "tables.h"

static void note(struct msg *m, enum msg_error_code code, const char *at)
{
    msg_note(m, code, (size_t)(at - m->bytes.at), HDR_NONE);
}

/* RFC 3261 25.1: "SIP" "/" 1*DIGIT "." 1*DIGIT */
static bool is_version(struct str s)
{
    uint64_t number;
    if (!str_starts_nocase(s, STR("SIP/")))
        return false;
    struct cursor c = cursor_of(str_slice(s, 4, s.len));
    return cursor_number(&c, UINT32_MAX, &number) && cursor_take(&c, '.') &&
           cursor_number(&c, UINT32_MAX, &number) && cursor_done(&c);
}

static bool is_version_2(struct str s)
{
    return s.len == 7 && memcmp(s.at, "SIP/2.0", 7) == 0;
}

static void check_version(struct msg *m)
{
    if (LIKELY(is_version_2(m->version)) || str_equal_nocase(m->version, STR("SIP/2.0")))
        return;
    note(m, is_version(m->version) ? MSG_E_BAD_VERSION : MSG_E_BAD_START_LINE, m->version.at);
}

/* RFC 3261 7.2: exactly three digits, of a class that exists. */
static void read_status(struct msg *m, struct str s)
{
    uint64_t n;
    if (s.len == 3 && str_to_u64(s, 699, &n) && n >= 100)
        m->status = (uint16_t)n;
    else
        note(m, MSG_E_BAD_STATUS, s.at);
}

static void read_reason(struct msg *m, const char *at, const char *end)
{
    m->reason = (struct str){at, (size_t)(end - at)};
    const char *fault = lex_span(at, end, LEX_TEXT);
    if (fault != end)
        note(m, MSG_E_BAD_REASON, fault);
}

static void status_line(struct msg *m, struct str line)
{
    const char *end = line.at + line.len;
    const char *at = memchr(line.at, ' ', line.len);
    m->version = text_between(line.at, at ? at : end);
    check_version(m);
    if (!at) {
        note(m, MSG_E_BAD_START_LINE, end);
        return;
    }
    struct str rest = text_between(at + 1, end);
    size_t digits = str_find(rest, ' ');
    read_status(m, text_between(rest.at, rest.at + digits));
    /* The grammar wants a SP even before an empty phrase; gateways leave it out. */
    if (digits < rest.len)
        read_reason(m, rest.at + digits + 1, end);
}

/* RFC 3261 7.1: single SPs, and none inside the URI. A further one is the URI's fault where a
 * version still ends the line, and the line's fault otherwise. */
static void split_fault(struct msg *m, struct str rest, size_t space)
{
    bool in_uri = rest.len > 8 && str_ends_nocase(rest, STR(" SIP/2.0"));
    note(m, in_uri ? MSG_E_BAD_REQUEST_URI : MSG_E_BAD_START_LINE, rest.at + space);
}

static void request_line(struct msg *m, struct str line)
{
    const char *end = line.at + line.len;
    const char *at = lex_span(line.at, end, LEX_TOKEN);
    m->is_request = true;
    m->method_name = (struct str){line.at, (size_t)(at - line.at)};
    m->method = (uint8_t)method_of(m->method_name);
    if (at == line.at || at == end || *at != ' ') {
        bool is_line = str_ends_nocase(line, STR(" SIP/2.0"));
        note(m, is_line ? MSG_E_BAD_METHOD : MSG_E_BAD_START_LINE, at);
        return;
    }
    struct str rest = text_between(at + 1, end);
    const char *space = rest.len ? memchr(rest.at, ' ', rest.len) : NULL;
    if (UNLIKELY(!space || space == rest.at)) {
        split_fault(m, rest, space ? 0 : rest.len);
        return;
    }
    struct str version = text_between(space + 1, end);
    if (UNLIKELY(!is_version_2(version)) &&
        (version.len == 0 || str_find(version, ' ') < version.len)) {
        split_fault(m, rest, (size_t)(space - rest.at));
        return;
    }
    m->uri_text = text_between(rest.at, space);
    m->version = version;
    check_version(m);
}

void start_line_parse(struct msg *m, struct str line)
{
    /* '/' is in no method */
    if (line.len >= 4 && line.at[3] == '/' && str_starts_nocase(line, STR("SIP/")))
        status_line(m, line);
    else
        request_line(m, line);
}

bool content_length_of(struct str value, uint64_t *len)
{
    uint64_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned)(value.at[i] - '0');
        if (digit > 9)
            return false;
        n = n * 10 + digit;
        n = n < UINT32_MAX ? n : UINT32_MAX;
    }
    *len = n;
    return value.len > 0;
}
