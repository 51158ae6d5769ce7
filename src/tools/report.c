/* What both forms of a report ask: the place of a fault, the kind of a message. Prints nothing. */
#include "tools/report.h"

/* Leading line ends are no part of a message, and the message need not have been found at all. */
static size_t in_file(const struct report *r, uint32_t offset)
{
    const char *first = r->msg->bytes.at;
    size_t skipped =
        first >= r->data.at && first <= r->data.at + r->data.len ? (size_t)(first - r->data.at) : 0;
    size_t at = skipped + offset;

    return at < r->data.len ? at : r->data.len;
}

bool report_is_response(const struct report *r)
{
    return !r->msg->is_request && str_starts_nocase(r->msg->bytes, STR("SIP/"));
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
