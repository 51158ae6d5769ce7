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
