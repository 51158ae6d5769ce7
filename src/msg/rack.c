/* Decodes RAck (RFC 3262 7.2): response-num LWS CSeq-num LWS Method. Knows no reliable response. */
#include "msg/decode.h"

/* A number and the white space behind it. */
static bool number_scan(struct cursor *c, uint32_t *out)
{
    uint64_t n;
    if (!cursor_number(c, UINT32_MAX, &n))
        return false;
    const char *gap = c->at;
    cursor_skip_lws(c);
    *out = (uint32_t)n;
    return c->at > gap;
}

void *decode_rack(struct decoder *d)
{
    struct rack *v = decode_alloc(d, sizeof *v);
    if (!v)
        return NULL;
    struct cursor c = d->c;
    bool good = number_scan(&c, &v->rseq) && number_scan(&c, &v->cseq);
    if (good)
        v->method_name = cursor_token(&c);
    if (!good || v->method_name.len == 0 || !cursor_done(&c)) {
        decode_fail(d, c.at, MSG_E_BAD_RACK);
        return NULL;
    }
    v->method = (int)method_of(v->method_name);
    return v;
}
