/* Makes the bytes of responses, our own and those that are passed on. Sends nothing. */
#include "engine/state.h"

#include <assert.h>

struct block *engine_block_of(struct engine *e, const struct buf *b)
{
    struct block *bytes = b->over ? NULL : block_new(&e->blocks, b->len);
    if (!bytes)
        return NULL;
    memcpy(bytes->bytes, b->at, b->len);
    bytes->len = (uint32_t)b->len;
    return bytes;
}

struct block *reply_print(struct engine *e, struct msg *request, const struct reply *r,
                          struct str to_tag)
{
    struct buf b;
    buf_init(&b, e->scratch, SCRATCH_SIZE);
    struct str reason = r->reason.len ? r->reason : status_reason(r->status);
    msg_print_response_head(&b, request, r->status, reason, to_tag, r->record_route);
    if (e->software)
        buf_put(&b, (struct str){e->software, e->software_size});
    buf_put(&b, r->headers);
    buf_put_lit(&b, "Content-Length: ");
    buf_put_u64(&b, r->body.len);
    buf_put_lit(&b, "\r\n\r\n");
    buf_put(&b, r->body);
    return engine_block_of(e, &b);
}

int reply_pass(struct engine *e, struct msg *m, struct edits *edits, struct block **out)
{
    struct edits own;
    if (!edits) {
        edits_init(&own);
        edits = &own;
    }
    if (!via_strip(m, edits))
        return ERR_INVALID;
    length_put(e, m, edits);
    size_t len = msg_edited_len(m, edits);
    if (edits->over || len > SCRATCH_SIZE)
        return ERR_INVALID;
    struct block *bytes = block_new(&e->blocks, len);
    if (!bytes)
        return ERR_NOMEM;
    struct buf b;
    buf_init(&b, bytes->bytes, len);
    msg_print_edited(&b, m, edits);
    assert(!b.over && b.len == len);
    bytes->len = (uint32_t)len;
    *out = bytes;
    return OK;
}
