/* Texts that are kept, and lines that are written. */
#include "ua/parts.h"

struct block *text_keep(struct ua *ua, struct str s)
{
    struct block *block = block_new(ua->blocks, s.len > 0 ? s.len : 1);
    if (!block)
        return NULL;
    if (s.len > 0)
        memcpy(block->bytes, s.at, s.len);
    block->len = (uint32_t)s.len;
    return block;
}

struct block *text_block(struct ua *ua, const struct buf *b)
{
    return b->over ? NULL : text_keep(ua, buf_str(b));
}

void text_put_line(struct buf *b, struct str name, struct str value)
{
    buf_put(b, name);
    buf_put_lit(b, ": ");
    buf_put(b, value);
    buf_put_lit(b, "\r\n");
}

void text_put_number(struct buf *b, struct str name, uint64_t value)
{
    buf_put(b, name);
    buf_put_lit(b, ": ");
    buf_put_u64(b, value);
    buf_put_lit(b, "\r\n");
}

void text_put_random(struct ua *ua, struct buf *b)
{
    buf_put_hex(b, rand_u64(engine_rand(ua->engine)), TAG_LEN);
}

void text_put_call_id(struct ua *ua, struct buf *b)
{
    char space[CALL_ID_LEN];
    struct buf id;
    do {
        buf_init(&id, space, sizeof space);
        text_put_random(ua, &id);
        text_put_random(ua, &id);
    } while (!engine_owns_call_id(ua->engine, buf_str(&id)));
    buf_put(b, buf_str(&id));
}
