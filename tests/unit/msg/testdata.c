/* Parses for the tests of messages. */
#include "testdata.h"

#include <stdlib.h>

enum msg_error_code test_parse(struct test_msg *t, struct str text, enum msg_framing framing)
{
    if (text.len > sizeof t->bytes)
        abort();
    memcpy(t->bytes, text.at, text.len);
    size_t space = msg_space(text.len);
    return msg_parse(&t->m, (struct str){t->bytes, text.len}, framing, t->space,
                     space < sizeof t->space ? space : sizeof t->space);
}
