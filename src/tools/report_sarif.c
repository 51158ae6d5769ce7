/* Reports as one SARIF 2.1.0 log (OASIS), which editors and services of code review read: results
 * first, then the rules that they name. */
#include "base/json.h"
#include "host/version.h"
#include "tools/report.h"

/* RFC 3986 2: what is not unreserved, nor a '/', goes escaped. */
static void put_uri(FILE *f, const char *path)
{
    putc('"', f);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~' || c == '/';

        if (plain)
            putc(c, f);
        else
            fprintf(f, "%%%02X", c);
    }
    putc('"', f);
}

struct result {
    const char *code, *level, *what, *remedy, *rfc;
    uint32_t offset;
    uint8_t header;
};

static void put_message(FILE *f, const struct result *x)
{
    char text[1024];
    const char *header = report_header(x->header, x->what);

    snprintf(text, sizeof(text), "%s%s%s. %s (RFC %s)", header ? header : "", header ? ": " : "",
             x->what, x->remedy, x->rfc);
    json_string(f, str_from(text));
}

/* A line of a message is none of the capture's: its place is told by the call. */
static void put_logical(FILE *f, const struct report_origin *o, const struct place *p)
{
    char text[64];

    fputs("},\"logicalLocations\":[{\"name\":", f);
    snprintf(text, sizeof(text), "message %u, line %zu, column %zu", o->number, p->line, p->column);
    json_string(f, str_from(text));
    fputs(",\"fullyQualifiedName\":", f);
    json_string(f, o->call_id);
    fputs("}]", f);
}

static void put_result(struct reporter *to, const struct report *r, const struct result *x)
{
    struct place p = report_place(r, x->offset);
    FILE *f = to->out;

    fprintf(f,
            "%s{\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{\"text\":", to->seen_any ? "," : "",
            x->code, x->level);
    to->seen_any = true;
    put_message(f, x);
    fputs("},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":", f);
    put_uri(f, r->file);
    putc('}', f);
    if (r->origin)
        put_logical(f, r->origin, &p);
    else
        fprintf(f, ",\"region\":{\"startLine\":%zu,\"startColumn\":%zu}}", p.line, p.column);
    fputs("}]}", f);
}

static const char *level_of(enum lint_severity severity)
{
    static const char *const levels[] = {"note", "warning", "error"};

    return levels[severity];
}

void report_sarif(struct reporter *to, const struct report *r)
{
    for (unsigned i = 0; i < r->msg.n_errors; i++) {
        const struct msg_error *e = &r->msg.errors[i];
        struct result x = {msg_error_name(e->code),
                           "error",
                           msg_error_what(e->code),
                           msg_error_remedy(e->code),
                           msg_error_rfc(e->code),
                           e->offset,
                           e->header};

        to->seen_errors[e->code] = true;
        put_result(to, r, &x);
    }
    for (unsigned i = 0; i < r->found.n; i++) {
        const struct lint_finding *n = &r->found.at[i];
        struct result x = {lint_name(n->code),
                           level_of(lint_severity(n->code)),
                           lint_what(n->code),
                           lint_remedy(n->code),
                           n->rfc,
                           n->offset,
                           n->header};

        to->seen_findings[n->code] = true;
        put_result(to, r, &x);
    }
}

static void put_rule(FILE *f, bool *first, const char *code, const char *what, const char *why)
{
    fprintf(f, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":", *first ? "" : ",", code);
    *first = false;
    json_string(f, str_from(what));
    if (why[0]) {
        fputs("},\"fullDescription\":{\"text\":", f);
        json_string(f, str_from(why));
    }
    fputs("}}", f);
}

void report_sarif_begin(struct reporter *to)
{
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
          "\"runs\":[{\"results\":[",
          to->out);
}

void report_sarif_end(struct reporter *to)
{
    FILE *f = to->out;
    bool first = true;

    fprintf(f, "],\"tool\":{\"driver\":{\"name\":\"tandem\",\"version\":\"%s\",\"rules\":[",
            TANDEM_VERSION);
    for (unsigned i = 0; i < MSG_N_ERRORS; i++)
        if (to->seen_errors[i])
            put_rule(f, &first, msg_error_name((enum msg_error_code)i),
                     msg_error_what((enum msg_error_code)i), "");
    for (unsigned i = 0; i < LINT_N_CODES; i++)
        if (to->seen_findings[i])
            put_rule(f, &first, lint_name((enum lint_code)i), lint_what((enum lint_code)i),
                     lint_why((enum lint_code)i));
    fputs("]}}}]}\n", f);
}
