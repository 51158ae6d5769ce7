/* Decodes Content-Type and Accept (RFC 3261 20.15, 20.1). Knows no media. */
#include "msg/decode.h"

static bool media_value(struct decoder *d, void *value)
{
    struct media_type *v = value;
    enum msg_error_code malformed =
        d->id == HDR_CONTENT_TYPE ? MSG_E_BAD_CONTENT_TYPE : MSG_E_BAD_MEDIA_TYPE;
    v->type = cursor_token(&d->c);
    if (v->type.len == 0 || !cursor_take_sep(&d->c, '/'))
        return decode_fail(d, d->c.at, malformed);
    v->subtype = cursor_token(&d->c);
    if (v->subtype.len == 0)
        return decode_fail(d, d->c.at, malformed);
    const char *end = d->c.at;
    if (!decode_params(d, &v->params))
        return false;
    if (v->params.text.len > 0)
        end = v->params.text.at + v->params.text.len;
    v->text = text_between(v->type.at, end);
    cursor_skip_lws(&d->c);
    return true;
}

void *decode_media(struct decoder *d)
{
    return decode_list(d, sizeof(struct media_type), offsetof(struct media_type, next),
                       media_value);
}
