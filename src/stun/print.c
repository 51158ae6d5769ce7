/* Writes messages; their length is right after each attribute. */
#include <assert.h>

#include "stun/bytes.h"
#include "stun/stun.h"

void stun_begin(struct buf *b, enum stun_class class, uint16_t method, struct str id)
{
    unsigned bits = (class & 2u) << 7 | (class & 1u) << 4;
    assert(id.len == STUN_ID_BYTES && b->len == 0);
    stun_put_u16(b, (method & 0xf80u) << 2 | (method & 0x70u) << 1 | (method & 0xfu) | bits);
    stun_put_u16(b, 0);
    stun_put_u32(b, STUN_COOKIE);
    buf_put(b, id);
}

static void set_length(struct buf *b)
{
    if (b->over)
        return;
    size_t len = b->len - STUN_HEADER_BYTES;
    b->at[2] = (char)(len >> 8 & 0xff);
    b->at[3] = (char)(len & 0xff);
}

void stun_put(struct buf *b, enum stun_type type, struct str value)
{
    assert(value.len <= UINT16_MAX);
    stun_put_u16(b, type);
    stun_put_u16(b, (unsigned)value.len);
    buf_put(b, value);
    for (size_t i = value.len; i < stun_padded(value.len); i++)
        buf_put_char(b, '\0');
    set_length(b);
}

static size_t ip_len(const struct addr *a)
{
    return a->family == ADDR_IP4 ? 4 : 16;
}

static void put_addr(struct buf *b, enum stun_type type, const struct addr *a)
{
    char at[20];
    struct buf value;
    buf_init(&value, at, sizeof at);
    stun_put_u16(&value, a->family == ADDR_IP4 ? 1 : 2);
    stun_put_u16(&value, a->port);
    buf_put(&value, (struct str){(const char *)a->ip, ip_len(a)});
    stun_put(b, type, buf_str(&value));
}

void stun_put_addr(struct buf *b, enum stun_type type, const struct addr *a)
{
    put_addr(b, type, a);
}

void stun_put_xor_addr(struct buf *b, enum stun_type type, const struct addr *a)
{
    struct addr x = *a;
    if (b->over)
        return;
    x.port ^= (uint16_t)stun_u16(buf_str(b), 4);
    for (size_t i = 0; i < ip_len(a); i++)
        x.ip[i] ^= (uint8_t)stun_u8(buf_str(b), 4 + i);
    put_addr(b, type, &x);
}

void stun_put_error(struct buf *b, unsigned code, struct str reason)
{
    char at[4 + 128];
    struct buf value;
    assert(code >= 300 && code <= 699);
    buf_init(&value, at, sizeof at);
    stun_put_u32(&value, code / 100 << 8 | code % 100);
    buf_put(&value, str_slice(reason, 0, 128));
    stun_put(b, STUN_ERROR_CODE, buf_str(&value));
}

void stun_put_unknown(struct buf *b, const uint16_t *types, size_t n)
{
    char at[64];
    struct buf value;
    buf_init(&value, at, sizeof at);
    for (size_t i = 0; i < n; i++)
        stun_put_u16(&value, types[i]);
    assert(!value.over);
    stun_put(b, STUN_UNKNOWN_ATTRIBUTES, buf_str(&value));
}
