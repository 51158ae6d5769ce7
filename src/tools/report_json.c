/* The JSON form of a report; its members are a contract. */
#include "base/json.h"
#include "tools/report.h"

static void put_text(FILE *f, struct str s)
{
    if (s.at)
        json_string(f, s);
    else
        fputs("null", f);
}

static void put_start(FILE *f, const struct report *r)
{
    const struct msg *m = &r->msg;
    bool is_response = report_is_response(r);

    fprintf(f, ",\"type\":%s",
            m->is_request ? "\"request\""
            : is_response ? "\"response\""
                          : "null");
    fputs(",\"method\":", f);
    put_text(f, m->is_request ? m->method_name : STR_NONE);
    fputs(",\"uri\":", f);
    put_text(f, m->is_request ? m->uri_text : STR_NONE);
    if (is_response && m->status)
        fprintf(f, ",\"status\":%u", m->status);
    else
        fputs(",\"status\":null", f);
}

static void put_headers(FILE *f, const struct msg *m)
{
    fputs(",\"headers\":[", f);
    for (unsigned i = 0; i < m->n_headers; i++) {
        fputs(i ? ",{\"name\":" : "{\"name\":", f);
        json_string(f, hdr_name(m, &m->headers[i]));
        fputs(",\"value\":", f);
        json_string(f, hdr_value(m, &m->headers[i]));
        putc('}', f);
    }
    fprintf(f, "],\"body_length\":%zu", m->body.len);
}

static void put_error(FILE *f, const struct report *r, const struct msg_error *e)
{
    struct place p = report_place(r, e->offset);

    fputs("{\"code\":", f);
    json_string(f, str_from(msg_error_name(e->code)));
    fprintf(f, ",\"offset\":%u,\"line\":%zu,\"column\":%zu,\"header\":", (unsigned)e->offset,
            p.line, p.column);
    put_text(f, e->header == HDR_NONE ? STR_NONE : str_from(hdr_name_of(e->header)));
    fputs(",\"what\":", f);
    json_string(f, str_from(msg_error_what(e->code)));
    fputs(",\"remedy\":", f);
    json_string(f, str_from(msg_error_remedy(e->code)));
    fputs(",\"rfc\":", f);
    json_string(f, str_from(msg_error_rfc(e->code)));
    putc('}', f);
}

static void put_errors(FILE *f, const struct report *r)
{
    fputs(",\"errors\":[", f);
    for (unsigned i = 0; i < r->msg.n_errors; i++) {
        if (i)
            putc(',', f);
        put_error(f, r, &r->msg.errors[i]);
    }
    putc(']', f);
}

static void put_finding(FILE *f, const struct report *r, const struct lint_finding *x)
{
    struct place p = report_place(r, x->offset);

    fputs("{\"code\":", f);
    json_string(f, str_from(lint_name(x->code)));
    fprintf(f, ",\"severity\":\"%s\"", lint_severity_name(lint_severity(x->code)));
    fprintf(f, ",\"offset\":%u,\"line\":%zu,\"column\":%zu,\"header\":", (unsigned)x->offset,
            p.line, p.column);
    put_text(f, x->header == HDR_NONE ? STR_NONE : str_from(hdr_name_of(x->header)));
    fputs(",\"what\":", f);
    json_string(f, str_from(lint_what(x->code)));
    fputs(",\"remedy\":", f);
    json_string(f, str_from(lint_remedy(x->code)));
    fputs(",\"rfc\":", f);
    json_string(f, str_from(x->rfc));
    putc('}', f);
}

static void put_findings(FILE *f, const struct report *r)
{
    fputs(",\"findings\":[", f);
    for (unsigned i = 0; i < r->found.n; i++) {
        if (i)
            putc(',', f);
        put_finding(f, r, &r->found.at[i]);
    }
    putc(']', f);
}

static void put_origin(FILE *f, const struct report_origin *o)
{
    const struct {
        const char *name;
        struct str value;
    } texts[] = {{"call_id", o->call_id},
                 {"time", o->time},
                 {"from_address", o->from},
                 {"to_address", o->to}};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        fprintf(f, ",\"%s\":", texts[i].name);
        json_string(f, texts[i].value);
    }
    fprintf(f, ",\"message\":%u", o->number);
}

void report_json(FILE *f, const struct report *r)
{
    unsigned answer = msg_answer(&r->msg);

    fputs("{\"file\":", f);
    json_string(f, str_from(r->file));
    if (r->origin)
        put_origin(f, r->origin);
    fprintf(f, ",\"valid\":%s", r->msg.n_errors ? "false" : "true");
    put_start(f, r);
    put_headers(f, &r->msg);
    put_errors(f, r);
    if (answer)
        fprintf(f, ",\"answer\":%u", answer);
    else
        fputs(",\"answer\":null", f);
    put_findings(f, r);
    fputs("}\n", f);
}
