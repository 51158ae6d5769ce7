/* What all forms of a report ask: the message judged, what of it is told, the place of a fault.
 * Prints nothing. */
#include "tools/report.h"

#include <stdlib.h>

bool report_open(struct report *r, const char *file, struct str data, struct str message)
{
    size_t space_len = (msg_space(message.len) + 15) / 16 * 16;

    *r = (struct report){.file = file, .data = data};
    r->space = aligned_alloc(16, space_len ? space_len : 16);
    if (!r->space)
        return false;
    (void)msg_parse(&r->msg, message, MSG_DATAGRAM, r->space, space_len);
    (void)msg_check(&r->msg);
    lint_message(&r->found, &r->msg, message, &mem_libc);
    return true;
}

void report_close(struct report *r)
{
    free(r->space);
}

/* Leading line ends are no part of a message, and the message need not have been found at all. */
static size_t in_file(const struct report *r, uint32_t offset)
{
    const char *first = r->msg.bytes.at;
    size_t skipped =
        first >= r->data.at && first <= r->data.at + r->data.len ? (size_t)(first - r->data.at) : 0;
    size_t at = skipped + offset;

    return at < r->data.len ? at : r->data.len;
}

bool report_is_response(const struct report *r)
{
    return !r->msg.is_request && str_starts_nocase(r->msg.bytes, STR("SIP/"));
}

const char *report_header(uint8_t header, const char *what)
{
    const char *name = header == HDR_NONE ? NULL : hdr_name_of(header);

    return name && !str_starts(str_from(what), str_from(name)) ? name : NULL;
}

struct place report_place(const struct report *r, uint32_t offset)
{
    size_t at = in_file(r, offset), start = 0;
    struct place p = {.line = 1};

    for (size_t i = 0; i < at; i++)
        if (r->data.at[i] == '\n') {
            p.line++;
            start = i + 1;
        }
    p.column = at - start + 1;
    p.text = str_slice(r->data, start, r->data.len);
    p.text.len = str_find(p.text, '\n');
    if (p.text.len > 0 && p.text.at[p.text.len - 1] == '\r')
        p.text.len--;
    return p;
}

static void leave_out(struct lint *l, const struct parse_options *o)
{
    unsigned n = 0;

    for (unsigned i = 0; i < l->n; i++)
        if (lint_severity(l->at[i].code) >= o->least && !o->ignored[l->at[i].code])
            l->at[n++] = l->at[i];
    l->n = n;
}

void reporter_begin(struct reporter *to)
{
    if (to->options->form == PARSE_SARIF)
        report_sarif_begin(to);
}

void reporter_tell(struct reporter *to, struct report *r)
{
    leave_out(&r->found, to->options);
    switch (to->options->form) {
    case PARSE_TEXT:
        (r->origin ? report_text_of_call : report_text)(to->out, r, to->colour);
        break;
    case PARSE_JSON:
        report_json(to->out, r);
        break;
    case PARSE_SARIF:
        report_sarif(to, r);
        break;
    }
}

void reporter_end(struct reporter *to)
{
    if (to->options->form == PARSE_SARIF)
        report_sarif_end(to);
}
