/* Finds the lines of a message: start line, header index, body, and what is wrong with them as a
 * whole. Reads no header's value but Content-Length's; copies and allocates nothing. RFC 3261
 * 7, 18.3. */
#include "base/limits.h"
#include "base/scan.h"
#include "hdr_find.h"
#include "lex.h"
#include "start_line.h"

/* Its address never leaves this file's inline functions, so that it lives in registers. All places
 * are offsets. */
struct parser {
    struct msg *m;
    const char *text;
    size_t at, len;
    size_t seen;        /* where the search for line ends stands, */
    uint64_t line_ends; /* and those of the SCAN_WINDOW bytes before it that are not behind us */
    size_t room;        /* header lines that fit */
    bool repeats;       /* some id has several lines */
    uint16_t *last;     /* of each id: index + 1 of its last line; written with m->first */
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
static const char *line_end(struct msg *m, const char *at, const char *end, enum hdr_id id)
{
    for (;; at = lex_find_eol(bare_cr(m, at, id), end)) {
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
static const char *folded_end(struct msg *m, const char *at, const char *end, enum hdr_id id,
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
        at = lex_find_eol(at, end);
    }
}

/* The first line's index goes to m->first, a later one's to the line before. */
static inline void link_header(struct parser *p, enum hdr_id id)
{
    struct msg *m = p->m;
    uint16_t index = ++m->n_headers;
    if (UNLIKELY(id == HDR_NONE))
        return;
    if (m->first[id]) {
        m->headers[p->last[id] - 1].next = index;
        p->repeats = true;
    } else {
        m->first[id] = index;
    }
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

/* A header line: places in the text. */
struct line {
    size_t name_len;
    size_t value, end; /* of the value, with the white space around it */
    size_t behind;     /* the next line */
    enum hdr_id id;
};

/* RFC 3261 25.1 HCOLON: white space may stand before the colon. */
static struct str name_before(const char *at, const char *colon)
{
    while (colon > at && lex_is(colon[-1], LEX_WS))
        colon--;
    return text_between(at, colon);
}

/* Any line with its continuations. False: it has no colon, which is noted. */
static bool split_any(struct msg *m, size_t from, struct line *l)
{
    const char *text = m->bytes.at, *at = text + from, *end = text + m->bytes.len, *behind;
    const char *colon = lex_find_colon(at, end);
    bool has_colon = colon < end && *colon == ':';
    struct str name = has_colon ? name_before(at, colon) : STR_NONE;
    l->name_len = name.len;
    l->id = hdr_id_of(name);
    if (!has_colon)
        msg_note(m, MSG_E_HEADER_WITHOUT_COLON, from, HDR_NONE);
    const char *first = lex_find_eol(colon, end);
    const char *eol = folded_end(m, first, end, l->id, &behind);
    m->is_folded |= eol != first;
    l->value = (size_t)(colon - text) + 1;
    l->end = (size_t)(eol - text);
    l->behind = (size_t)(behind - text);
    return has_colon;
}

/* The first CR or LF of the line at p->at, or the end. */
static inline size_t next_line_end(struct parser *p)
{
    if (UNLIKELY(!p->line_ends)) {
        size_t at = p->seen > p->at ? p->seen : p->at;
        if (UNLIKELY(at >= p->len))
            return p->len;
        for (; LIKELY(p->len - at >= SCAN_WINDOW); at += SCAN_WINDOW)
            if (LIKELY(p->line_ends = scan_line_ends(p->text + at)))
                break;
        if (UNLIKELY(!p->line_ends))
            p->line_ends = scan_line_ends_tail(p->text + at, p->len - at);
        if (UNLIKELY(!p->line_ends))
            return p->len;
        p->seen = at + SCAN_WINDOW;
    }
    return p->seen - SCAN_WINDOW + (unsigned)__builtin_ctzll(p->line_ends);
}

/* The length of the name at p->at, whose line ends at `eol`; more than that where it has none. */
static inline size_t name_len_of(const struct parser *p, size_t eol)
{
    const char *at = p->text + p->at;
    size_t len = scan_byte(at, ':');
    if (LIKELY(len < SCAN_STEP))
        return len;
    if (LIKELY(p->len - p->at >= 2 * SCAN_STEP))
        len += scan_byte(at + SCAN_STEP, ':');
    bool is_found = len > SCAN_STEP && len < 2 * SCAN_STEP;
    return is_found ? len : str_find(text_between(at, p->text + eol + 1), ':');
}

/* The line at p->at if it is as nearly all are: a name, a colon behind it, a CRLF, and no
 * continuation. */
static inline bool split_plain(struct parser *p, struct line *l)
{
    size_t end = next_line_end(p);
    const char *at = p->text + p->at, *eol = p->text + end;
    if (UNLIKELY(end + 2 >= p->len || p->at + SCAN_STEP > p->len || memcmp(eol, "\r\n", 2) != 0 ||
                 ((unsigned char)eol[2] <= ' ' && lex_is(eol[2], LEX_WS))))
        return false;
    size_t len = name_len_of(p, end);
    *l = (struct line){len, p->at + len + 1, end, end + 2, hdr_find(at, len)};
    if (UNLIKELY(l->value > end))
        return false;
    return LIKELY(l->id != HDR_NONE) || (len > 0 && !lex_is(at[len - 1], LEX_WS));
}

static inline bool is_above_space(char c)
{
    return (unsigned char)c > ' ';
}

/* Takes the white space off; one branch for the usual SP in front. */
static inline void trim_value(const char *text, struct line *l)
{
    if (LIKELY(l->value + 1 < l->end && text[l->value] == ' ' &&
               is_above_space(text[l->value + 1]) && is_above_space(text[l->end - 1]))) {
        l->value++;
        return;
    }
    while (l->value < l->end && lex_is_lws(text[l->value]))
        l->value++;
    while (l->value < l->end && lex_is_lws(text[l->end - 1]))
        l->end--;
}

static inline void add_header(struct parser *p, const struct line *l)
{
    struct hdr *h = &p->m->headers[p->m->n_headers];
    h->at = (uint32_t)p->at;
    h->end = (uint32_t)l->behind;
    h->value_at = (uint32_t)l->value;
    h->value_len = (uint32_t)(l->end - l->value);
    h->name_len = (uint16_t)l->name_len;
    h->next = 0;
    h->id = (uint8_t)l->id;
    h->bad = 0;
    h->typed = NULL;
    link_header(p, l->id);
}

/* False: the line at p->at has no colon. */
static inline bool split(struct parser *p, struct line *l)
{
    if (LIKELY(split_plain(p, l))) {
        p->line_ends &= p->line_ends - 1; /* CR */
        p->line_ends &= p->line_ends - 1; /* LF */
        return true;
    }
    struct line any; /* so that *l lives in registers */
    bool has_colon = split_any(p->m, p->at, &any);
    *l = any;
    p->line_ends = p->seen = 0;
    return has_colon;
}

/* One header line with its continuations. */
static inline void index_header(struct parser *p)
{
    struct line l;
    if (LIKELY(split(p, &l))) {
        struct str name = {p->text + p->at, l.name_len};
        enum msg_error_code fault = name_fault(p, name, l.id);
        if (LIKELY(fault == MSG_OK)) {
            trim_value(p->text, &l);
            add_header(p, &l);
        } else {
            msg_note(p->m, fault, p->at, HDR_NONE);
        }
    }
    p->at = l.behind;
}

static inline bool is_empty_line(const struct parser *p)
{
    const char *at = p->text + p->at;
    return UNLIKELY((unsigned char)*at <= '\r') &&
           (*at == '\n' || (*at == '\r' && p->at + 1 < p->len && at[1] == '\n'));
}

/* False: the empty line is missing; the head then reaches to the end. */
static inline bool index_headers(struct parser *p)
{
    while (p->at < p->len && !is_empty_line(p))
        index_header(p);
    bool ends = p->at < p->len;
    if (ends)
        p->at += p->text[p->at] == '\r' ? 2 : 1;
    else
        msg_note(p->m, MSG_E_NO_EMPTY_LINE, p->len, HDR_NONE);
    p->m->head_len = (uint32_t)p->at;
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

/* RFC 3261 8.1.1. Max-Forwards may be missing: RFC 2543 knows none. */
static void check_mandatory(struct msg *m)
{
    note_missing(m, HDR_VIA, MSG_E_MISSING_VIA);
    note_missing(m, HDR_FROM, MSG_E_MISSING_FROM);
    note_missing(m, HDR_TO, MSG_E_MISSING_TO);
    note_missing(m, HDR_CALL_ID, MSG_E_MISSING_CALL_ID);
    note_missing(m, HDR_CSEQ, MSG_E_MISSING_CSEQ);
}

/* RFC 3261 7.3.1 */
static void check_single(struct msg *m)
{
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
    const char *stop = bytes.at + bytes.len;
    const char *end = line_end(m, lex_find_eol(bytes.at, stop), stop, HDR_NONE);
    start_line_parse(m, text_between(bytes.at, end ? end : stop));
    struct parser p = {.m = m,
                       .text = bytes.at,
                       .at = end ? (size_t)(behind_line(end) - bytes.at) : bytes.len,
                       .len = bytes.len,
                       .room = room_for_headers(space_len),
                       .last = last};
    if (index_headers(&p))
        find_body(m, framing);
    take_index(m);
    check_mandatory(m);
    if (p.repeats)
        check_single(m);
    return m->n_errors ? m->errors[0].code : MSG_OK;
}

size_t msg_space(size_t len)
{
    return (LIMIT_MSG_SPACE + len * LIMIT_MSG_SPACE_PER_BYTE) & ~(size_t)15;
}
