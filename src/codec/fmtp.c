/* Parameters of a=fmtp, one at a time. */
#include "fmtp.h"

/* Takes the next parameter off. */
static struct str next(struct str *rest)
{
    size_t end = str_find(*rest, ';');
    struct str parameter = str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end + 1, rest->len);
    return parameter;
}

unsigned fmtp_number(struct str fmtp, struct str name, unsigned least, unsigned most,
                     unsigned otherwise)
{
    uint64_t value;
    while (fmtp.len > 0) {
        struct str parameter = next(&fmtp);
        size_t equals = str_find(parameter, '=');
        if (!str_equal_nocase(str_trim(str_slice(parameter, 0, equals)), name))
            continue;
        struct str text = str_trim(str_slice(parameter, equals + 1, parameter.len));
        return str_to_u64(text, most, &value) && value >= least ? (unsigned)value : otherwise;
    }
    return otherwise;
}
