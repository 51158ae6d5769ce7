/* Reads what stands in attributes: addresses (RFC 8489 14.1, 14.2) and errors (14.8). */
#include "stun/bytes.h"
#include "stun/stun.h"

enum { FAMILY_IP4 = 1, FAMILY_IP6 = 2 };

bool stun_read_addr(struct str value, struct addr *out)
{
    size_t len = value.len == 8 ? 4 : 16;
    if (value.len != 4 + len || stun_u8(value, 1) != (len == 4 ? FAMILY_IP4 : FAMILY_IP6))
        return false;
    *out = (struct addr){.family = len == 4 ? ADDR_IP4 : ADDR_IP6,
                         .port = (uint16_t)stun_u16(value, 2)};
    memcpy(out->ip, value.at + 4, len);
    return true;
}

/* RFC 8489 14.2: by the cookie and the transaction id, which stand one behind the other. */
bool stun_read_xor_addr(const struct stun_msg *m, struct str value, struct addr *out)
{
    if (!stun_read_addr(value, out))
        return false;
    out->port ^= (uint16_t)stun_u16(m->bytes, 4);
    for (size_t i = 0; i + 4 < value.len; i++)
        out->ip[i] ^= (uint8_t)stun_u8(m->bytes, 4 + i);
    return true;
}

unsigned stun_read_error(struct str value, struct str *reason)
{
    if (value.len < 4)
        return 0;
    unsigned class = stun_u8(value, 2) & 7, number = stun_u8(value, 3);
    *reason = str_slice(value, 4, value.len);
    return class < 3 || class > 6 || number > 99 ? 0 : class * 100 + number;
}
