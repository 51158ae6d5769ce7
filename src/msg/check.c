/* What every element must check by itself, as faults of the message; decides nothing but the status
 * that a fault earns. RFC 3261 8.1.1, 16.3, 18.3. */
#include "lex.h"
#include "tables.h"

/* RFC 3261 8.1.1.5; in an ACK and a CANCEL as well, whose CSeq carries their own method. Where the
 * Request-Line could not be read there is nothing to compare with. */
static void check_cseq(struct msg *m)
{
    const struct cseq *cseq = msg_cseq(m);
    if (cseq && m->uri_text.len && !str_equal(cseq->method_name, m->method_name))
        msg_note(m, MSG_E_CSEQ_METHOD_MISMATCH, (size_t)(cseq->method_name.at - m->bytes.at),
                 HDR_CSEQ);
}

/* RFC 3261 19.1.1 table 1: no headers in a Request-URI (RFC 4475 3.1.2.11) */
static void check_uri(struct msg *m)
{
    const struct uri *uri = msg_uri(m);
    if (uri && uri->headers.len)
        msg_note(m, MSG_E_REQUEST_URI_HEADERS, (size_t)(uri->headers.at - m->bytes.at), HDR_NONE);
}

/* Faults of the start line and of the lines as such have no header. Of the Via lines the topmost
 * counts: the others are carried as they stand. */
static bool is_essential(const struct msg *m, const struct msg_error *e)
{
    if (e->header == HDR_VIA)
        return !m->first[HDR_VIA] || e->offset < msg_header(m, HDR_VIA)->end;
    if (e->code == MSG_E_DUPLICATE_MAX_FORWARDS || e->code == MSG_E_BARE_CR)
        return true;
    if (e->code == MSG_E_BAD_TEXT)
        return false;
    return e->header == HDR_NONE || e->header == HDR_CONTENT_LENGTH ||
           (hdr_rows[e->header].flags & HDR_MANDATORY);
}

enum msg_error_code msg_check_essential(struct msg *m)
{
    check_uri(m);
    msg_via(m);
    msg_from(m);
    msg_to(m);
    msg_call_id(m);
    check_cseq(m);
    for (unsigned i = 0; i < m->n_errors; i++)
        if (is_essential(m, &m->errors[i]))
            return m->errors[i].code;
    return MSG_OK;
}

/* RFC 3261 25.1 TEXT-UTF8 and LWS. */
static void check_text(struct msg *m, const struct hdr *h)
{
    struct str value = hdr_value(m, h);
    const char *end = value.at + value.len;
    const char *fault = lex_span(value.at, end, LEX_TEXT | LEX_LWS);
    if (fault != end)
        msg_note(m, MSG_E_BAD_TEXT, (size_t)(fault - m->bytes.at), h->id);
}

/* RFC 3261 7.3.1: lines may repeat only where the header is a list. */
static void check_single(struct msg *m, const struct hdr *h)
{
    bool watched_by_parser = h->id == HDR_MAX_FORWARDS || h->id == HDR_CONTENT_LENGTH ||
                             (hdr_rows[h->id].flags & HDR_MANDATORY);
    if (h->next && !watched_by_parser && (hdr_rows[h->id].flags & HDR_SINGLE))
        msg_note(m, MSG_E_DUPLICATE_HEADER, msg_header_next(m, h)->at, h->id);
}

enum msg_error_code msg_check(struct msg *m)
{
    check_uri(m);
    for (unsigned i = 0; i < m->n_headers; i++) {
        struct hdr *h = &m->headers[i];
        if (hdr_rows[h->id].family == FAMILY_TEXT)
            check_text(m, h);
        else
            msg_typed(m, h);
        check_single(m, h);
    }
    check_cseq(m);
    return m->n_errors ? m->errors[0].code : MSG_OK;
}

unsigned msg_answer(const struct msg *m)
{
    /* RFC 3261 17.1.1.3: an ACK is never answered; 18.2.2: without a Via there is nowhere to answer
     * to */
    if (!m->is_request || m->method == METHOD_ACK || !m->first[HDR_VIA])
        return 0;
    for (unsigned i = 0; i < m->n_errors; i++)
        if (msg_error_answer(m->errors[i].code))
            return msg_error_answer(m->errors[i].code);
    return 0;
}
