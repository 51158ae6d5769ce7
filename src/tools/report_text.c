/* The form of a report that people read; programs read report_json.c's. */
#include "tools/report.h"

#define SHOWN_MOST 100 /* bytes of a line that are shown around a fault */

/* What a terminal would take as a command comes out as a dot; tabs as spaces, so that the caret
 * stands right. */
static void put_plain(FILE *f, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        putc(c == '\t' ? ' ' : (unsigned char)c < 0x20 || c == 0x7f ? '.' : c, f);
    }
}

/* Folded lines become one. */
static void put_unfolded(FILE *f, struct str s)
{
    bool space = false;

    for (size_t i = 0; i < s.len; i++) {
        bool is_space = s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == ' ' || s.at[i] == '\t';

        if (is_space && !space)
            putc(' ', f);
        else if (!is_space)
            put_plain(f, str_slice(s, i, 1));
        space = is_space;
    }
}

static void put_start(FILE *f, const struct report *r)
{
    const struct msg *m = r->msg;

    fprintf(f, "%s: %s ", r->file, m->n_errors ? "invalid" : "valid");
    if (m->is_request) {
        fputs("request ", f);
        put_plain(f, m->method_name);
        putc(' ', f);
        put_plain(f, m->uri_text);
    } else if (report_is_response(r)) {
        fprintf(f, "response %u ", m->status);
        put_plain(f, m->reason);
    } else {
        fputs("message: neither request nor response", f);
    }
    fprintf(f, ", %u headers, body of %zu bytes\n", (unsigned)m->n_headers, m->body.len);
}

/* Under the name that the table gives it, so that compact forms are understood. */
static void put_header(FILE *f, const struct msg *m, const struct hdr *h)
{
    fputs("  ", f);
    if (h->id == HDR_NONE)
        put_plain(f, hdr_name(m, h));
    else
        fputs(hdr_name_of(h->id), f);
    fputs(": ", f);
    put_unfolded(f, hdr_value(m, h));
    putc('\n', f);
}

static void put_line(FILE *f, const struct place *p)
{
    size_t caret = p->column - 1;
    size_t from = caret > SHOWN_MOST / 2 ? caret - SHOWN_MOST / 2 : 0;

    fputs("    ", f);
    put_plain(f, str_slice(p->text, from, SHOWN_MOST));
    fprintf(f, "\n    %*s\n", (int)(caret - from) + 1, "^");
}

static void put_error(FILE *f, const struct report *r, const struct msg_error *e)
{
    struct place p = report_place(r, e->offset);

    fprintf(f, "%s:%zu:%zu: ", r->file, p.line, p.column);
    if (e->header != HDR_NONE)
        fprintf(f, "%s: ", hdr_name_of(e->header));
    fprintf(f, "%s (%s, RFC %s)\n", msg_error_what(e->code), msg_error_name(e->code),
            msg_error_rfc(e->code));
    put_line(f, &p);
}

void report_text(FILE *f, const struct report *r)
{
    const struct msg *m = r->msg;
    unsigned answer = msg_answer(m);

    put_start(f, r);
    for (unsigned i = 0; i < m->n_headers; i++)
        put_header(f, m, &m->headers[i]);
    for (unsigned i = 0; i < m->n_errors; i++)
        put_error(f, r, &m->errors[i]);
    if (answer)
        fprintf(f, "  a server answers %u\n", answer);
}
