/* Finds the lines of a message: start line, header index, body, and what is wrong with them as a
 * whole. Reads no header's value but Content-Length's; copies and allocates nothing. RFC 3261
 * 7, 18.3. */
#include "base/limits.h"
#include "hdr_find.h"
#include "lex_find.h"
#include "start_line.h"

/* Its address never leaves this file's inline functions, so that it lives in registers. */
struct parser {
    struct msg *m;
    const char *from, *at, *end;
    size_t room;    /* header lines that fit */
    uint16_t *last; /* of each id: index + 1 of its last line; written with m->first */
};

static void msg_reset(struct msg *m, struct str bytes, void *space, size_t space_len)
{
    memset(m, 0, offsetof(struct msg, errors));
    m->refs = 1;
    m->bytes = bytes;
    m->headers = space;
    m->space = space;
    m->space_len = space_len;
    m->block = NULL;
    m->received_at = 0;
    m->keep_s = 0;
    memset(&m->flow, 0, sizeof(m->flow));
}

/* RFC 3261 7.5: CRLFs in front of the start line are ignored. A lone LF ends a line as well: old
 * phones send it, and nothing else could be meant. */
static struct str skip_line_ends(struct str s)
{
    while (s.len && (*s.at == '\r' || *s.at == '\n'))
        s = (struct str){s.at + 1, s.len - 1};
    return s;
}

/* A CR alone ends no line and is a fault. */
static const char *bare_cr(struct msg *m, const char *at, enum hdr_id id)
{
    msg_note(m, MSG_E_BARE_CR, (size_t)(at - m->bytes.at), id);
    return at + 1;
}

/* The end of a line, before its CRLF or LF; `at` is the first CR or LF in it. NULL: the line does
 * not end. */
static inline const char *line_end(struct msg *m, const char *at, const char *end, enum hdr_id id)
{
    for (;; at = find_eol(bare_cr(m, at, id), end)) {
        if (UNLIKELY(at == end))
            return NULL;
        if (LIKELY(*at == '\n' || (at + 1 < end && at[1] == '\n')))
            return at;
    }
}

static inline const char *behind_line(const char *end)
{
    return end + (*end == '\r') + 1;
}

/* RFC 3261 7.3.1: a line that starts with white space continues the one before. `at` is the first
 * CR or LF; *behind the line's beginning that follows. */
static inline const char *folded_end(struct msg *m, const char *at, const char *end, enum hdr_id id,
                                     const char **behind)
{
    for (;;) {
        const char *eol = line_end(m, at, end, id);
        if (UNLIKELY(!eol))
            return *behind = end;
        at = behind_line(eol);
        if (LIKELY(at == end || (unsigned char)*at > ' ' || !lex_is(*at, LEX_WS))) {
            *behind = at;
            return eol;
        }
        at = find_eol(at, end);
    }
}

/* The first line's index goes to m->first, a later one's to the line before. */
static inline void link_header(struct parser *p, enum hdr_id id)
{
    struct msg *m = p->m;
    uint16_t index = ++m->n_headers;
    if (UNLIKELY(id == HDR_NONE))
        return;
    if (m->first[id])
        m->headers[p->last[id] - 1].next = index;
    else
        m->first[id] = index;
    p->last[id] = index;
}

static enum msg_error_code unknown_name_fault(struct str name)
{
    if (name.len > LIMIT_MSG_HEADER_NAME)
        return MSG_E_HEADER_NAME_TOO_LONG;
    const char *end = name.at + name.len;
    return name.len && lex_span(name.at, end, LEX_TOKEN) == end ? MSG_OK : MSG_E_BAD_HEADER_NAME;
}

static inline enum msg_error_code name_fault(const struct parser *p, struct str name,
                                             enum hdr_id id)
{
    if (UNLIKELY(p->m->n_headers == p->room))
        return MSG_E_TOO_MANY_HEADERS;
    return LIKELY(id != HDR_NONE) ? MSG_OK : unknown_name_fault(name);
}

/* The line from `name` to p->at, whose value lies in [value, end). */
static inline void add_header(struct parser *p, struct str name, enum hdr_id id, const char *value,
                              const char *end)
{
    while (value < end && lex_is_lws(*value))
        value++;
    while (end > value && lex_is_lws(end[-1]))
        end--;
    struct hdr *h = &p->m->headers[p->m->n_headers];
    h->at = (uint32_t)(name.at - p->from);
    h->end = (uint32_t)(p->at - p->from);
    h->value_at = (uint32_t)(value - p->from);
    h->value_len = (uint32_t)(end - value);
    h->name_len = (uint16_t)name.len;
    h->next = 0;
    h->id = (uint8_t)id;
    h->bad = 0;
    h->typed = NULL;
    link_header(p, id);
}

/* Returns where the next line begins. */
static const char *without_colon(struct msg *m, const char *at, const char *stop, const char *end)
{
    const char *behind;
    msg_note(m, MSG_E_HEADER_WITHOUT_COLON, (size_t)(at - m->bytes.at), HDR_NONE);
    folded_end(m, find_eol(stop, end), end, HDR_NONE, &behind);
    return behind;
}

/* One header line with its continuations. The line's end is looked for from its beginning: the
 * next line then does not wait until this one's colon is known. */
static inline void index_header(struct parser *p)
{
    const char *at = p->at, *eol = find_eol(at, p->end), *colon = find_colon(at, p->end);
    if (UNLIKELY(colon == p->end || *colon != ':')) {
        p->at = without_colon(p->m, at, colon, p->end);
        return;
    }
    /* RFC 3261 25.1 HCOLON: white space may stand before the colon */
    const char *name_end = colon;
    while (name_end > at && (name_end[-1] == ' ' || name_end[-1] == '\t'))
        name_end--;
    struct str name = {at, (size_t)(name_end - at)};
    enum hdr_id id = hdr_find(name.at, name.len);
    const char *behind, *end = folded_end(p->m, eol, p->end, id, &behind);
    p->at = behind;
    enum msg_error_code fault = name_fault(p, name, id);
    if (LIKELY(fault == MSG_OK))
        add_header(p, name, id, colon + 1, end);
    else
        msg_note(p->m, fault, (size_t)(at - p->from), HDR_NONE);
}

static inline bool is_empty_line(const char *at, const char *end)
{
    return *at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n');
}

/* False: the empty line is missing; the head then reaches to the end. */
static inline bool index_headers(struct parser *p)
{
    while (p->at < p->end && !is_empty_line(p->at, p->end))
        index_header(p);
    bool ends = p->at < p->end;
    if (ends)
        p->at = behind_line(p->at);
    else
        msg_note(p->m, MSG_E_NO_EMPTY_LINE, p->m->bytes.len, HDR_NONE);
    p->m->head_len = (uint32_t)(p->at - p->from);
    return ends;
}

/* The rest of the lent space, behind the index, is for typed values. */
static void take_index(struct msg *m)
{
    size_t used = (m->n_headers * sizeof(struct hdr) + 15) & ~(size_t)15;
    used = used < m->space_len ? used : m->space_len;
    m->space += used;
    m->space_len -= used;
}

static inline void note_missing(struct msg *m, enum hdr_id id, enum msg_error_code code)
{
    if (UNLIKELY(!m->first[id]))
        msg_note(m, code, m->head_len, id);
}

static inline void note_duplicate(struct msg *m, enum hdr_id id, enum msg_error_code code)
{
    const struct hdr *h = msg_header(m, id);
    if (h && UNLIKELY(h->next))
        msg_note(m, code, msg_header_next(m, h)->at, id);
}

/* RFC 3261 8.1.1, 7.3.1. Max-Forwards may be missing: RFC 2543 knows none. */
static void check_mandatory(struct msg *m)
{
    note_missing(m, HDR_VIA, MSG_E_MISSING_VIA);
    note_missing(m, HDR_FROM, MSG_E_MISSING_FROM);
    note_missing(m, HDR_TO, MSG_E_MISSING_TO);
    note_missing(m, HDR_CALL_ID, MSG_E_MISSING_CALL_ID);
    note_missing(m, HDR_CSEQ, MSG_E_MISSING_CSEQ);
    note_duplicate(m, HDR_FROM, MSG_E_DUPLICATE_FROM);
    note_duplicate(m, HDR_TO, MSG_E_DUPLICATE_TO);
    note_duplicate(m, HDR_CALL_ID, MSG_E_DUPLICATE_CALL_ID);
    note_duplicate(m, HDR_CSEQ, MSG_E_DUPLICATE_CSEQ);
    note_duplicate(m, HDR_MAX_FORWARDS, MSG_E_DUPLICATE_MAX_FORWARDS);
    note_duplicate(m, HDR_CONTENT_LENGTH, MSG_E_DUPLICATE_CONTENT_LENGTH);
}

/* RFC 3261 18.3: without Content-Length a datagram's body reaches to its end; bytes behind
 * Content-Length are no part of the message. */
static void find_body(struct msg *m, enum msg_framing framing)
{
    size_t rest = m->bytes.len - m->head_len;
    m->body = (struct str){m->bytes.at + m->head_len, rest};
    const struct hdr *h = msg_header(m, HDR_CONTENT_LENGTH);
    if (!h) {
        if (framing == MSG_STREAM)
            msg_note(m, MSG_E_MISSING_CONTENT_LENGTH, m->head_len, HDR_CONTENT_LENGTH);
        return;
    }
    uint64_t len;
    if (!content_length_of(hdr_value(m, h), &len)) {
        msg_note(m, MSG_E_BAD_CONTENT_LENGTH, h->value_at, HDR_CONTENT_LENGTH);
    } else if (len > rest) {
        msg_note(m, MSG_E_CONTENT_LENGTH_TOO_LARGE, h->value_at, HDR_CONTENT_LENGTH);
    } else {
        m->body.len = (size_t)len;
        m->bytes.len = m->head_len + (size_t)len;
    }
}

static size_t room_for_headers(size_t space_len)
{
    size_t room = space_len / sizeof(struct hdr);
    return room < LIMIT_MSG_HEADERS ? room : LIMIT_MSG_HEADERS;
}

enum msg_error_code msg_parse(struct msg *m, struct str bytes, enum msg_framing framing,
                              void *space, size_t space_len)
{
    msg_reset(m, skip_line_ends(bytes), space, space_len);
    bytes = m->bytes;
    if (bytes.len == 0 || bytes.len > LIMIT_MSG_BYTES) {
        msg_note(m, bytes.len ? MSG_E_TOO_LARGE : MSG_E_EMPTY, 0, HDR_NONE);
        return m->errors[0].code;
    }
    uint16_t last[N_HDR];
    struct parser p = {m,   bytes.at, bytes.at, bytes.at + bytes.len, room_for_headers(space_len),
                       last};
    const char *end = line_end(m, find_eol(p.from, p.end), p.end, HDR_NONE);
    p.at = end ? behind_line(end) : p.end;
    start_line_parse(m, text_between(p.from, end ? end : p.end));
    if (index_headers(&p))
        find_body(m, framing);
    take_index(m);
    check_mandatory(m);
    return m->n_errors ? m->errors[0].code : MSG_OK;
}

size_t msg_space(size_t len)
{
    return (LIMIT_MSG_SPACE + len * LIMIT_MSG_SPACE_PER_BYTE) & ~(size_t)15;
}
