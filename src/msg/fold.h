/* Writing a value that may be folded over several lines. */
#ifndef TANDEM_SRC_MSG_FOLD_H
#define TANDEM_SRC_MSG_FOLD_H

#include "base/buf.h"
#include "msg/msg.h"

/* RFC 3261 7.3.1: each folding, with the white space around it, becomes one SP. */
void fold_undo(struct buf *b, struct str value);

/* What stands in a value of the message, without foldings. */
static inline void fold_put(struct buf *b, const struct msg *m, struct str text)
{
    if (UNLIKELY(m->is_folded))
        fold_undo(b, text);
    else
        buf_put(b, text);
}

/* "Name: value" and a line end, the value without foldings. */
static inline void fold_put_line(struct buf *b, const struct msg *m, struct str name,
                                 const struct hdr *h)
{
    struct str value = hdr_value(m, h);
    buf_put(b, name);
    buf_put_char(b, ':');
    if (value.len) {
        buf_put_char(b, ' ');
        fold_put(b, m, value);
    }
    buf_put_lit(b, "\r\n");
}

#endif
