/* A message's one block, who holds it, and its lines by name. Reads no grammar. */
#include <assert.h>

#include "msg/msg.h"

static size_t aligned(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

struct msg *msg_new(struct block_pool *pool, struct str bytes, enum msg_framing framing)
{
    size_t bytes_at = aligned(sizeof(struct msg)), space_at = bytes_at + aligned(bytes.len);
    size_t space_len = msg_space(bytes.len);
    struct block *block = block_new(pool, space_at + space_len);
    if (!block)
        return NULL;
    struct msg *m = (void *)block->bytes;
    if (bytes.len)
        memcpy(block->bytes + bytes_at, bytes.at, bytes.len);
    bytes.at = block->bytes + bytes_at;
    msg_parse(m, bytes, framing, block->bytes + space_at, space_len);
    m->block = block;
    block->len = (uint32_t)(space_at + space_len);
    return m;
}

struct msg *msg_ref(struct msg *m)
{
    assert(m->refs > 0);
    m->refs++;
    return m;
}

void msg_unref(struct block_pool *pool, struct msg *m)
{
    if (!m)
        return;
    assert(m->refs > 0);
    if (--m->refs == 0 && m->block)
        block_unref(pool, m->block);
}

struct hdr *msg_header_named(const struct msg *m, struct str name)
{
    enum hdr_id id = hdr_id_of(name);
    if (id != HDR_NONE)
        return msg_header(m, id);
    for (unsigned i = 0; i < m->n_headers; i++)
        if (m->headers[i].id == HDR_NONE && str_equal_nocase(hdr_name(m, &m->headers[i]), name))
            return &m->headers[i];
    return NULL;
}
