/* Faults, space and lists for the decoders of header values. Knows no header. */
#include "msg/decode.h"
#include "msg/tables.h"

bool decode_fail(struct decoder *d, const char *at, enum msg_error_code code)
{
    if (d->code == MSG_OK) {
        d->code = code;
        d->fault = at;
    }
    return false;
}

void *decode_alloc(struct decoder *d, size_t size)
{
    void *at = msg_take_space(d->m, size);
    if (!at)
        decode_fail(d, d->c.at, MSG_E_TOO_MANY_VALUES);
    return at;
}

void *decode_list(struct decoder *d, size_t size, size_t next_at, decode_value *value)
{
    char *first = NULL, *last = NULL;
    for (;;) {
        char *v = decode_alloc(d, size);
        if (!v || !value(d, v))
            return NULL;
        *(void **)(void *)(v + next_at) = NULL;
        if (last)
            *(void **)(void *)(last + next_at) = v;
        else
            first = v;
        last = v;
        if (cursor_done(&d->c))
            return first;
        if (!d->is_list || !cursor_take(&d->c, ',')) {
            decode_fail(d, d->c.at, MSG_E_TRAILING_BYTES);
            return NULL;
        }
        cursor_skip_lws(&d->c);
    }
}
