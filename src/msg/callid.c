/* Decodes Call-ID, In-Reply-To and the headers that name a dialog by one with parameters: Replaces,
 * Join, Target-Dialog. Knows no dialog. */
#include "msg/decode.h"

/* callid = word [ "@" word ] */
static bool callid_scan(struct decoder *d, struct callid *v, enum msg_error_code malformed)
{
    struct cursor c = d->c;
    const char *from = c.at;
    bool good = cursor_run(&c, LEX_WORD).len > 0;
    if (good && cursor_take(&c, '@'))
        good = cursor_run(&c, LEX_WORD).len > 0;
    if (!good)
        return decode_fail(d, c.at, malformed);
    v->id = text_between(from, c.at);
    v->params.text = STR_NONE;
    d->c = c;
    return true;
}

static bool callid_value(struct decoder *d, void *value)
{
    if (!callid_scan(d, value, MSG_E_BAD_CALL_ID))
        return false;
    if (!cursor_done(&d->c))
        cursor_skip_lws(&d->c);
    return true;
}

void *decode_callid(struct decoder *d)
{
    return decode_list(d, sizeof(struct callid), offsetof(struct callid, next), callid_value);
}

static bool dialog_value(struct decoder *d, void *value)
{
    struct callid *v = value;
    if (!callid_scan(d, v, MSG_E_BAD_DIALOG_ID) || !decode_params(d, &v->params))
        return false;
    cursor_skip_lws(&d->c);
    return true;
}

void *decode_callid_params(struct decoder *d)
{
    return decode_list(d, sizeof(struct callid), offsetof(struct callid, next), dialog_value);
}
