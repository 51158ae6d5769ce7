/* Decodes Timestamp and MIME-Version: numbers with a fraction, as text (RFC 3261 20.38, 20.24).
 * Computes nothing. */
#include "msg/decode.h"

/* *DIGIT [ "." *DIGIT ]; at least one digit before the dot where `needs_digit`. */
static bool fraction_scan(struct cursor *c, bool needs_digit, struct str *out)
{
    const char *from = c->at;
    if (cursor_run(c, LEX_DIGIT).len == 0 && needs_digit)
        return false;
    if (cursor_take(c, '.'))
        cursor_run(c, LEX_DIGIT);
    *out = text_between(from, c->at);
    return true;
}

/* MIME-Version = 1*DIGIT "." 1*DIGIT */
static bool version_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at;
    bool good =
        cursor_run(c, LEX_DIGIT).len > 0 && cursor_take(c, '.') && cursor_run(c, LEX_DIGIT).len > 0;
    *out = text_between(from, c->at);
    return good;
}

/* Timestamp = 1*DIGIT [ "." *DIGIT ] [ LWS delay ] */
static bool timestamp_scan(struct cursor *c, struct decimal *v)
{
    if (!fraction_scan(c, true, &v->value))
        return false;
    const char *gap = c->at;
    cursor_skip_lws(c);
    return c->at == gap || fraction_scan(c, false, &v->second);
}

void *decode_decimal(struct decoder *d)
{
    struct decimal *v = decode_alloc(d, sizeof *v);
    if (!v)
        return NULL;
    v->second = STR_NONE;
    bool good =
        d->id == HDR_MIME_VERSION ? version_scan(&d->c, &v->value) : timestamp_scan(&d->c, v);
    if (good && cursor_done(&d->c))
        return v;
    decode_fail(d, d->c.at, MSG_E_BAD_DECIMAL);
    return NULL;
}
