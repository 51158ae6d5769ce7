/* Reads messages and walks over their attributes. Knows no attribute's inside. */
#include "stun/bytes.h"
#include "stun/stun.h"

#define ATTR_HEADER_BYTES 4

bool stun_is(struct str bytes)
{
    return bytes.len >= STUN_HEADER_BYTES && stun_u8(bytes, 0) < 0x40 &&
           stun_u32(bytes, 4) == STUN_COOKIE;
}

/* The attribute at `at`; false: its end is behind the message's. */
static bool attr_at(struct str bytes, size_t at, struct stun_attr *out)
{
    if (bytes.len - at < ATTR_HEADER_BYTES)
        return false;
    size_t len = stun_u16(bytes, at + 2);
    if (stun_padded(len) > bytes.len - at - ATTR_HEADER_BYTES)
        return false;
    *out = (struct stun_attr){.type = (uint16_t)stun_u16(bytes, at),
                              .value = str_slice(bytes, at + ATTR_HEADER_BYTES, len),
                              .at = at};
    return true;
}

static size_t end_of(const struct stun_attr *a)
{
    return a->at ? a->at + ATTR_HEADER_BYTES + stun_padded(a->value.len) : STUN_HEADER_BYTES;
}

static bool attributes_fill(struct str bytes)
{
    struct stun_attr a = {0};
    while (end_of(&a) < bytes.len)
        if (!attr_at(bytes, end_of(&a), &a))
            return false;
    return true;
}

/* RFC 8489 5: the class's two bits stand among the method's twelve. */
static void read_type(unsigned type, struct stun_msg *out)
{
    out->class = (enum stun_class)((type >> 7 & 2) | (type >> 4 & 1));
    out->method = (uint16_t)((type >> 2 & 0xf80) | (type >> 1 & 0x70) | (type & 0xf));
}

bool stun_parse(struct str bytes, struct stun_msg *out)
{
    if (!stun_is(bytes) || stun_u16(bytes, 2) != bytes.len - STUN_HEADER_BYTES ||
        bytes.len % 4 != 0 || !attributes_fill(bytes))
        return false;
    out->bytes = bytes;
    out->id = str_slice(bytes, 8, STUN_ID_BYTES);
    read_type(stun_u16(bytes, 0), out);
    return true;
}

static bool may_follow(unsigned before, unsigned type)
{
    if (type == STUN_FINGERPRINT)
        return true;
    return before == STUN_MESSAGE_INTEGRITY && type == STUN_MESSAGE_INTEGRITY_SHA256;
}

static bool ends_attributes(unsigned type)
{
    return type == STUN_MESSAGE_INTEGRITY || type == STUN_MESSAGE_INTEGRITY_SHA256 ||
           type == STUN_FINGERPRINT;
}

bool stun_attr_next(const struct stun_msg *m, struct stun_attr *a)
{
    struct stun_attr next = *a;
    if (a->at && a->type == STUN_FINGERPRINT)
        return false;
    while (end_of(&next) < m->bytes.len && attr_at(m->bytes, end_of(&next), &next))
        if (!a->at || !ends_attributes(a->type) || may_follow(a->type, next.type)) {
            *a = next;
            return true;
        }
    return false;
}

bool stun_attr_find(const struct stun_msg *m, enum stun_type type, struct stun_attr *out)
{
    *out = (struct stun_attr){0};
    while (stun_attr_next(m, out))
        if (out->type == type)
            return true;
    return false;
}
