/* The parameters of one line of digest authentication, by a list of names: each once at most,
 * quotes taken off, and quotes put on where a value is written. Knows no meaning of any. */
#ifndef TANDEM_AUTH_PARAMS_H
#define TANDEM_AUTH_PARAMS_H

#include "base/buf.h"
#include "msg/types.h"

struct param_names {
    unsigned n;
    const struct str *names;
};

/* Fills `values` (names->n of them), at == NULL where the parameter is not there. Views into the
 * line, or into `space` where an escape was undone. False: one is there twice, has a folded or a
 * control character, or more escapes than there is room for; the values stand nevertheless. */
bool params_read(const struct auth *a, const struct param_names *names, struct str *values,
                 struct buf *space);

/* RFC 3261 25.1 quoted-string of any text without control characters. */
void params_put_quoted(struct buf *b, struct str s);

#endif
