/* The Binding usage of SIP's keep-alives (RFC 5626 8): a packet in, an answer out. */
#include "stun/binding.h"

#define UNKNOWN_MOST 16 /* of which 420 tells */

/* RFC 8489 6.3: what is known but has no meaning here is ignored. */
static bool is_known(unsigned type)
{
    switch (type) {
    case STUN_MAPPED_ADDRESS:
    case STUN_USERNAME:
    case STUN_MESSAGE_INTEGRITY:
    case STUN_ERROR_CODE:
    case STUN_UNKNOWN_ATTRIBUTES:
    case STUN_REALM:
    case STUN_NONCE:
    case STUN_MESSAGE_INTEGRITY_SHA256:
    case STUN_PASSWORD_ALGORITHM:
    case STUN_USERHASH:
    case STUN_XOR_MAPPED_ADDRESS:
        return true;
    default:
        return type >= 0x8000;
    }
}

static size_t unknown_of(const struct stun_msg *m, uint16_t types[UNKNOWN_MOST])
{
    struct stun_attr a = {0};
    size_t n = 0;
    while (n < UNKNOWN_MOST && stun_attr_next(m, &a))
        if (!is_known(a.type))
            types[n++] = a.type;
    return n;
}

bool stun_binding_answer(struct str packet, const struct addr *from, struct buf *out)
{
    struct stun_msg m;
    uint16_t unknown[UNKNOWN_MOST];
    if (!stun_parse(packet, &m) || m.class != STUN_REQUEST || m.method != STUN_BINDING ||
        stun_is_forged(&m))
        return false;
    size_t n = unknown_of(&m, unknown);
    stun_begin(out, n ? STUN_ERROR : STUN_SUCCESS, STUN_BINDING, m.id);
    if (n) {
        stun_put_error(out, 420, STR("Unknown Attribute"));
        stun_put_unknown(out, unknown, n);
    } else {
        stun_put_xor_addr(out, STUN_XOR_MAPPED_ADDRESS, from);
    }
    if (stun_has_fingerprint(&m))
        stun_put_fingerprint(out);
    return !out->over;
}
