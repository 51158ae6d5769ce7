/* Owns that whatever is passed on says how long its body is: it came in a datagram, which need not
 * (RFC 3261 18.3), and may go out by a stream, which must (20.14). */
#include "engine/state.h"

void length_put(struct engine *e, const struct msg *m, struct edits *edits)
{
    struct buf b;
    if (msg_header(m, HDR_CONTENT_LENGTH))
        return;
    buf_init(&b, e->length_text, sizeof e->length_text);
    buf_put_lit(&b, "Content-Length: ");
    buf_put_u64(&b, m->body.len);
    buf_put_lit(&b, "\r\n");
    uint32_t at = m->headers[m->n_headers - 1].end;
    edits_add(edits, at, at, buf_str(&b));
}
