/* Owns the bytes of a row: little-endian key length (2), value length (4), version (8), end of life
 * (8), key, value. Knows no file. */
#include "store/rows.h"

#define HEAD_BYTES 22

static void put_uint(struct buf *b, uint64_t n, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_put_char(b, (char)(n >> (8 * i) & 0xff));
}

static uint64_t uint_at(const char *at, unsigned bytes)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < bytes; i++)
        n |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return n;
}

size_t row_bytes(struct str key, struct str value)
{
    return HEAD_BYTES + key.len + value.len;
}

void row_write(struct buf *b, const struct location_record *r)
{
    if (b->over || b->cap - b->len < row_bytes(r->key, r->value)) {
        b->over = true;
        return;
    }
    put_uint(b, r->key.len, 2);
    put_uint(b, r->value.len, 4);
    put_uint(b, r->version, 8);
    put_uint(b, r->expires, 8);
    buf_put(b, r->key);
    buf_put(b, r->value);
}

bool row_read(struct str *rest, struct location_record *out, bool *bad)
{
    *bad = false;
    if (rest->len == 0)
        return false;
    *bad = rest->len < HEAD_BYTES;
    if (*bad)
        return false;
    size_t key = (size_t)uint_at(rest->at, 2), value = (size_t)uint_at(rest->at + 2, 4);

    *bad = key == 0 || key + value > rest->len - HEAD_BYTES;
    if (*bad)
        return false;
    *out = (struct location_record){.version = uint_at(rest->at + 6, 8),
                                    .expires = uint_at(rest->at + 14, 8),
                                    .key = {rest->at + HEAD_BYTES, key},
                                    .value = {rest->at + HEAD_BYTES + key, value}};
    *rest = str_slice(*rest, HEAD_BYTES + key + value, rest->len);
    return true;
}
