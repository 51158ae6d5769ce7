/* Decodes Warning (RFC 3261 20.43). Knows no code's meaning. */
#include "msg/decode.h"

static bool gap_scan(struct cursor *c)
{
    const char *from = c->at;
    cursor_skip_lws(c);
    return c->at > from;
}

/* warn-agent = hostport / pseudonym: what stands before the next white space. */
static bool agent_scan(struct cursor *c, struct str *out)
{
    *out = cursor_run(c, LEX_GENVALUE | LEX_HOST);
    return out->len > 0;
}

static bool warning_value(struct decoder *d, void *value)
{
    struct warning *v = value;
    struct cursor c = d->c;
    struct str digits = cursor_run(&c, LEX_DIGIT);
    if (digits.len != 3)
        return decode_fail(d, digits.at, MSG_E_BAD_WARNING);
    v->code =
        (unsigned)((digits.at[0] - '0') * 100 + (digits.at[1] - '0') * 10 + digits.at[2] - '0');
    if (!gap_scan(&c) || !agent_scan(&c, &v->agent) || !gap_scan(&c) ||
        !cursor_quoted(&c, &v->text))
        return decode_fail(d, c.at, MSG_E_BAD_WARNING);
    v->text = (struct str){v->text.at + 1, v->text.len - 2};
    cursor_skip_lws(&c);
    d->c = c;
    return true;
}

void *decode_warning(struct decoder *d)
{
    return decode_list(d, sizeof(struct warning), offsetof(struct warning, next), warning_value);
}
