/* A message in its normal form. Judges nothing: what is printed is what was indexed. RFC
 * 3261 7.3.1. */
#include "msg/print.h"

#include "fold.h"
#include "lex.h"

void fold_undo(struct buf *b, struct str value)
{
    const char *at = value.at, *end = value.at + value.len;
    for (;;) {
        const char *eol = lex_find_eol(at, end), *text_end = eol;
        if (eol == end)
            break;
        while (text_end > at && lex_is(text_end[-1], LEX_WS))
            text_end--;
        buf_put(b, (struct str){at, (size_t)(text_end - at)});
        buf_put_char(b, ' ');
        at = lex_span(eol, end, LEX_LWS);
    }
    buf_put(b, (struct str){at, (size_t)(end - at)});
}

static void print_raw_start_line(struct buf *b, const struct msg *m)
{
    const char *end = lex_find_eol(m->bytes.at, m->bytes.at + m->bytes.len);
    buf_put(b, (struct str){m->bytes.at, (size_t)(end - m->bytes.at)});
}

/* RFC 3261 7.1: the version is sent in upper case. */
static void print_version(struct buf *b, const struct msg *m)
{
    buf_put(b, str_equal_nocase(m->version, STR("SIP/2.0")) ? STR("SIP/2.0") : m->version);
}

static void print_start_line(struct buf *b, const struct msg *m)
{
    if (m->is_request && m->uri_text.len && m->version.len) {
        buf_put(b, m->method_name);
        buf_put_char(b, ' ');
        buf_put(b, m->uri_text);
        buf_put_char(b, ' ');
        print_version(b, m);
    } else if (!m->is_request && m->status) {
        print_version(b, m);
        buf_put_char(b, ' ');
        buf_put_u64(b, m->status);
        buf_put_char(b, ' ');
        buf_put(b, m->reason);
    } else {
        print_raw_start_line(b, m);
    }
    buf_put_lit(b, "\r\n");
}

static void print_content_length(struct buf *b, const struct msg *m)
{
    buf_put_lit(b, "Content-Length: ");
    buf_put_u64(b, m->body.len);
    buf_put_lit(b, "\r\n");
}

static void print_header(struct buf *b, const struct msg *m, const struct hdr *h)
{
    if (h->id != HDR_CONTENT_LENGTH)
        fold_put_line(b, m, h->id == HDR_NONE ? hdr_name(m, h) : str_from(hdr_name_of(h->id)), h);
    else if (h == msg_header(m, HDR_CONTENT_LENGTH))
        print_content_length(b, m);
}

void msg_print(struct buf *b, const struct msg *m)
{
    print_start_line(b, m);
    for (unsigned i = 0; i < m->n_headers; i++)
        print_header(b, m, &m->headers[i]);
    if (!m->first[HDR_CONTENT_LENGTH])
        print_content_length(b, m);
    buf_put_lit(b, "\r\n");
    buf_put(b, m->body);
}
