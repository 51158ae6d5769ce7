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
    const struct msg *m = &r->msg;

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

/* What stands before a word that is to be seen, and what behind it; nothing without colours. */
struct paint {
    const char *on, *off;
};
static const struct paint plain = {"", ""};

static struct paint paint_of(enum lint_severity severity, bool colour)
{
    static const char *const codes[] = {"\x1b[36m", "\x1b[33m", "\x1b[31m"};

    return colour ? (struct paint){codes[severity], "\x1b[0m"} : plain;
}

static void put_line(FILE *f, const struct place *p, struct paint paint)
{
    size_t caret = p->column - 1;
    size_t from = caret > SHOWN_MOST / 2 ? caret - SHOWN_MOST / 2 : 0;

    fputs("    ", f);
    put_plain(f, str_slice(p->text, from, SHOWN_MOST));
    fprintf(f, "\n    %*s%s^%s\n", (int)(caret - from), "", paint.on, paint.off);
}

static void put_what(FILE *f, uint8_t header, const char *what)
{
    const char *name = report_header(header, what);

    fprintf(f, "%s%s%s", name ? name : "", name ? ": " : "", what);
}

static void put_where(FILE *f, const struct report *r, const struct place *p)
{
    if (r->origin) {
        put_plain(f, r->origin->call_id);
        fprintf(f, " #%u:%zu:%zu: ", r->origin->number, p->line, p->column);
    } else {
        fprintf(f, "%s:%zu:%zu: ", r->file, p->line, p->column);
    }
}

static void put_error(FILE *f, const struct report *r, const struct msg_error *e, bool colour)
{
    struct place p = report_place(r, e->offset);
    struct paint paint = paint_of(LINT_ERROR, colour);

    put_where(f, r, &p);
    fprintf(f, "%sinvalid%s: ", paint.on, paint.off);
    put_what(f, e->header, msg_error_what(e->code));
    fprintf(f, " (%s, RFC %s)\n", msg_error_name(e->code), msg_error_rfc(e->code));
    put_line(f, &p, paint);
    fprintf(f, "    %s\n", msg_error_remedy(e->code));
}

static void put_finding(FILE *f, const struct report *r, const struct lint_finding *x, bool colour)
{
    struct place p = report_place(r, x->offset);
    enum lint_severity severity = lint_severity(x->code);
    struct paint paint = paint_of(severity, colour);

    put_where(f, r, &p);
    fprintf(f, "%s%s%s: ", paint.on, lint_severity_name(severity), paint.off);
    put_what(f, x->header, lint_what(x->code));
    fprintf(f, " (%s, RFC %s)\n", lint_name(x->code), x->rfc);
    put_line(f, &p, paint);
    fprintf(f, "    %s\n", lint_remedy(x->code));
}

static void put_faults(FILE *f, const struct report *r, bool colour)
{
    for (unsigned i = 0; i < r->msg.n_errors; i++)
        put_error(f, r, &r->msg.errors[i], colour);
    for (unsigned i = 0; i < r->found.n; i++)
        put_finding(f, r, &r->found.at[i], colour);
}

void report_text(FILE *f, const struct report *r, bool colour)
{
    const struct msg *m = &r->msg;
    unsigned answer = msg_answer(m);

    put_start(f, r);
    for (unsigned i = 0; i < m->n_headers; i++)
        put_header(f, m, &m->headers[i]);
    put_faults(f, r, colour);
    if (answer)
        fprintf(f, "  a server answers %u\n", answer);
}

void report_text_of_call(FILE *f, const struct report *r, bool colour)
{
    if (r->msg.n_errors == 0 && r->found.n == 0)
        return;
    put_plain(f, r->origin->call_id);
    fprintf(f, " #%u %.*s %.*s > %.*s: ", r->origin->number, STR_ARG(r->origin->time),
            STR_ARG(r->origin->from), STR_ARG(r->origin->to));
    put_plain(f, str_trim(str_slice(r->data, 0, str_find(r->data, '\n'))));
    putc('\n', f);
    put_faults(f, r, colour);
}
