/* Finds where messages begin and end in a stream (RFC 3261 18.3, RFC 5626 4.4.1). Any split of the
 * bytes gives the same messages. Holds no bytes and no socket: the caller keeps what is not yet
 * consumed. */
#ifndef TANDEM_MSG_FRAME_H
#define TANDEM_MSG_FRAME_H

#include "base/str.h"

enum frame_result {
    FRAME_MORE,    /* nothing whole yet */
    FRAME_MESSAGE, /* `len` bytes from `skip` are one message */
    FRAME_PING,    /* a double CRLF keep-alive: answer with one CRLF; `len` bytes to drop */
    FRAME_BAD /* the stream cannot go on: answer 400 (or 413/513) from what is there, then close */
};

struct frame {
    size_t scanned; /* bytes of the pending data already looked at */
    size_t need;    /* whole length once the head is read; 0 before */
    size_t limit;   /* of one message */
    unsigned crlf;  /* leading CRLFs seen (state between calls) */
};

void frame_init(struct frame *f, size_t limit);
/* `data` is all that was not consumed yet, growing at the end between calls. *skip leading bytes
 * (CRLFs) and then *len bytes are consumed by MESSAGE and PING; the caller drops skip + len and
 * calls again until MORE. With MORE, *skip bytes may be dropped. With BAD, *len bytes from *skip
 * are the head as far as it was read, *status the answer (400, 413). */
enum frame_result frame_next(struct frame *f, struct str data, size_t *skip, size_t *len,
                             unsigned *status);

#endif
