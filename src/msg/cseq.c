/* Decodes CSeq (RFC 3261 20.16). Does not compare it with the request's method. */
#include "msg/decode.h"

void *decode_cseq(struct decoder *d)
{
    struct cseq *v = decode_alloc(d, sizeof *v);
    uint64_t number;
    if (!v)
        return NULL;
    struct cursor c = d->c;
    if (!lex_is(cursor_peek(&c), LEX_DIGIT)) {
        decode_fail(d, c.at, MSG_E_BAD_CSEQ);
        return NULL;
    }
    if (!cursor_number(&c, UINT32_MAX, &number)) {
        decode_fail(d, c.at, MSG_E_CSEQ_TOO_LARGE);
        return NULL;
    }
    const char *gap = c.at;
    cursor_skip_lws(&c);
    v->method_name = cursor_token(&c);
    if (v->method_name.at == gap || v->method_name.len == 0 || !cursor_done(&c)) {
        decode_fail(d, c.at, MSG_E_BAD_CSEQ);
        return NULL;
    }
    v->number = (uint32_t)number;
    v->method = (int)method_of(v->method_name);
    return v;
}
