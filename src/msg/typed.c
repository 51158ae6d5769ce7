/* The typed values of a message: decoded on first use, remembered at the header line. Knows no
 * grammar. RFC 3261 20. */
#include <assert.h>

#include "msg/decode.h"
#include "msg/tables.h"
#include "msg/uri_scan.h"

typedef void *decode_line(struct decoder *d);

static decode_line *const decoders[] = {
    [FAMILY_TEXT] = NULL,
    [FAMILY_VIA] = decode_via,
    [FAMILY_NAMEADDR] = decode_nameaddr,
    [FAMILY_CSEQ] = decode_cseq,
    [FAMILY_NUMBER] = decode_number,
    [FAMILY_TOKEN] = decode_token,
    [FAMILY_MEDIA] = decode_media,
    [FAMILY_CALLID] = decode_callid,
    [FAMILY_CALLID_PARAMS] = decode_callid_params,
    [FAMILY_AUTH] = decode_auth,
    [FAMILY_DATE] = decode_date,
    [FAMILY_WARNING] = decode_warning,
    [FAMILY_DECIMAL] = decode_decimal,
    [FAMILY_RACK] = decode_rack,
    [FAMILY_IDENTITY] = decode_identity,
    [FAMILY_PRIVACY] = decode_privacy,
};

static void note_bad(struct msg *m, struct hdr *h, enum msg_error_code code, const char *at)
{
    h->bad = 1;
    msg_note(m, code, (size_t)(at - m->bytes.at), h->id);
}

static void *decode(struct msg *m, struct hdr *h, const struct hdr_row *row)
{
    struct decoder d = {
        .c = cursor_of(hdr_value(m, h)), .m = m, .id = h->id, .is_list = row->flags & HDR_LIST};
    if (cursor_done(&d.c)) {
        if (!(row->flags & HDR_EMPTY))
            note_bad(m, h, MSG_E_EMPTY_VALUE, d.c.at);
        return NULL;
    }
    char *space = m->space;
    size_t space_len = m->space_len;
    h->typed = decoders[row->family](&d);
    if (!h->typed) {
        m->space = space;
        m->space_len = space_len;
        note_bad(m, h, d.code, d.fault);
    }
    return h->typed;
}

void *msg_typed(struct msg *m, struct hdr *h)
{
    if (h->typed || h->bad)
        return h->typed;
    const struct hdr_row *row = &hdr_rows[h->id];
    return row->family == FAMILY_TEXT ? NULL : decode(m, h, row);
}

/* The line of a header that holds the byte at `at`: mostly its first; lines stand in the order of
 * their bytes. */
static struct hdr *line_of(const struct msg *m, enum hdr_id id, const char *at)
{
    size_t offset = (size_t)(at - m->bytes.at), low = 0, high = m->n_headers;
    assert(at >= m->bytes.at && offset < m->bytes.len);
    if (offset < msg_header(m, id)->end)
        return msg_header(m, id);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (m->headers[middle].at <= offset)
            low = middle;
        else
            high = middle;
    }
    return &m->headers[low];
}

/* The first value of the next line behind `h` (NULL: of the first line) that has one; malformed
 * lines are passed over. */
static void *next_line(struct msg *m, enum hdr_id id, struct hdr *h)
{
    for (h = h ? msg_header_next(m, h) : msg_header(m, id); h; h = msg_header_next(m, h)) {
        void *v = msg_typed(m, h);
        if (v)
            return v;
    }
    return NULL;
}

const struct uri *msg_uri(struct msg *m)
{
    if (m->uri || !m->is_request || m->uri_text.len == 0)
        return m->uri;
    struct msg_error err;
    struct uri spare, *read = m->space_len < sizeof spare ? &spare : (void *)m->space;
    size_t offset = (size_t)(m->uri_text.at - m->bytes.at);
    if (!uri_parse(m->uri_text, read, &err)) {
        msg_note(m, err.code, offset + err.offset, HDR_NONE);
        return NULL;
    }
    m->uri = msg_take_space(m, sizeof *m->uri);
    if (!m->uri)
        msg_note(m, MSG_E_TOO_MANY_VALUES, offset, HDR_NONE);
    return m->uri;
}

struct via *msg_via_next(struct msg *m, const struct via *v)
{
    if (v->next)
        return v->next;
    struct hdr *h = msg_header_next(m, line_of(m, HDR_VIA, v->text.at));
    return h ? msg_typed(m, h) : NULL;
}

const struct cseq *msg_cseq(struct msg *m)
{
    const struct cseq *v = msg_single(m, HDR_CSEQ);
    if (v && !m->is_request)
        m->method = (uint8_t)v->method;
    return v;
}

int msg_max_forwards(struct msg *m)
{
    const struct number *v = msg_single(m, HDR_MAX_FORWARDS);
    return v ? (int)v->value : -1;
}

const struct nameaddr *msg_nameaddr_next(struct msg *m, enum hdr_id id, const struct nameaddr *last)
{
    assert(hdr_rows[id].family == FAMILY_NAMEADDR);
    if (last && last->next)
        return last->next;
    return next_line(m, id, last ? line_of(m, id, last->text.at) : NULL);
}

const struct token *msg_token_next(struct msg *m, enum hdr_id id, const struct token *last)
{
    assert(hdr_rows[id].family == FAMILY_TOKEN || hdr_rows[id].family == FAMILY_PRIVACY ||
           hdr_rows[id].family == FAMILY_IDENTITY);
    if (last && last->next)
        return last->next;
    return next_line(m, id, last ? line_of(m, id, last->text.at) : NULL);
}

bool msg_has_token(struct msg *m, enum hdr_id id, struct str name)
{
    for (const struct token *t = msg_token_next(m, id, NULL); t; t = msg_token_next(m, id, t))
        if (str_equal_nocase(t->name, name))
            return true;
    return false;
}
