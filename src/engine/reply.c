/* Makes the bytes of our own responses. Sends nothing. */
#include "engine/state.h"

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
