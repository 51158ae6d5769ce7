/* Decodes headers that are one number, some with a comment or parameters, and holds each to its
 * RFC's range. Knows no meaning of the numbers. */
#include "msg/decode.h"

struct range {
    uint64_t min, max;
    bool has_comment, has_params;
    enum msg_error_code malformed, too_large;
};

/* RFC 3261 20.22: Max-Forwards is 0-255. RFC 3262 7.1: RSeq is not 0. RFC 5626 4.4.1, 4028 4: the
 * others are delta-seconds of 32 bits. */
static const struct range *range_of(enum hdr_id id)
{
    static const struct range hops = {
        .max = 255, .malformed = MSG_E_BAD_MAX_FORWARDS, .too_large = MSG_E_BAD_MAX_FORWARDS};
    static const struct range expires = {
        .max = UINT32_MAX, .malformed = MSG_E_BAD_EXPIRES, .too_large = MSG_E_BAD_EXPIRES};
    static const struct range length = {.max = UINT32_MAX,
                                        .malformed = MSG_E_BAD_CONTENT_LENGTH,
                                        .too_large = MSG_E_BAD_CONTENT_LENGTH};
#define PLAIN .max = UINT32_MAX, .malformed = MSG_E_BAD_NUMBER, .too_large = MSG_E_NUMBER_TOO_LARGE
    static const struct range rseq = {PLAIN, .min = 1};
    static const struct range retry_after = {PLAIN, .has_comment = true, .has_params = true};
    static const struct range session = {PLAIN, .has_params = true};
    static const struct range plain = {PLAIN};
#undef PLAIN
    switch ((int)id) {
    case HDR_MAX_FORWARDS:
        return &hops;
    case HDR_EXPIRES:
        return &expires;
    case HDR_CONTENT_LENGTH:
        return &length;
    case HDR_RSEQ:
        return &rseq;
    case HDR_RETRY_AFTER:
        return &retry_after;
    case HDR_SESSION_EXPIRES:
    case HDR_MIN_SE:
        return &session;
    default:
        return &plain;
    }
}

/* RFC 3261 25.1 comment: nested parentheses, quoted pairs. The cursor ends behind it; *out is the
 * text between the outer parentheses. */
static bool comment_scan(struct cursor *c, struct str *out)
{
    size_t depth = 0;
    for (const char *at = c->at; at < c->end; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0) {
            *out = text_between(c->at + 1, at);
            c->at = at + 1;
            return true;
        } else if (*at == '\\' && ++at == c->end)
            break;
    }
    return false;
}

static bool value_scan(struct decoder *d, const struct range *r, struct number *v)
{
    if (!lex_is(cursor_peek(&d->c), LEX_DIGIT))
        return decode_fail(d, d->c.at, r->malformed);
    const char *from = d->c.at;
    if (!cursor_number(&d->c, r->max, &v->value))
        return decode_fail(d, from, r->too_large);
    return v->value >= r->min || decode_fail(d, from, r->malformed);
}

void *decode_number(struct decoder *d)
{
    struct number *v = decode_alloc(d, sizeof *v);
    const struct range *r = range_of(d->id);
    if (!v || !value_scan(d, r, v))
        return NULL;
    v->comment = v->params.text = STR_NONE;
    if (cursor_done(&d->c))
        return v;
    struct cursor look = d->c;
    cursor_skip_lws(&look);
    if (r->has_comment && cursor_peek(&look) == '(') {
        d->c = look;
        if (!comment_scan(&d->c, &v->comment)) {
            decode_fail(d, d->c.at, r->malformed);
            return NULL;
        }
    }
    if (r->has_params && !decode_params(d, &v->params))
        return NULL;
    cursor_skip_lws(&d->c);
    if (cursor_done(&d->c))
        return v;
    decode_fail(d, d->c.at, r->malformed);
    return NULL;
}
