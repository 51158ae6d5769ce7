/* Any bytes as a STUN message: attributes lie inside, and what a server answers is a message that
 * tells where the bytes came from. */
#include "fuzz.h"

#include "stun/binding.h"

static void walk(const struct stun_msg *m)
{
    struct stun_attr a = {0};
    struct addr addr;
    struct str reason;
    size_t before = 0;
    while (stun_attr_next(m, &a)) {
        assert(a.at > before);
        before = a.at;
        assert_inside(m->bytes, a.value);
        if (stun_read_addr(a.value, &addr))
            assert(stun_read_xor_addr(m, a.value, &addr));
        unsigned code = stun_read_error(a.value, &reason);
        assert(code == 0 || (code >= 300 && code <= 699));
    }
    assert(!(stun_has_fingerprint(m) && stun_is_forged(m)));
}

static void answer(struct str packet, const struct stun_msg *m)
{
    char at[STUN_ANSWER_BYTES];
    struct buf out;
    struct stun_msg reply;
    struct stun_attr a;
    struct addr from, told;
    buf_init(&out, at, sizeof at);
    assert(addr_parse(STR("[2001:db8::7]:4711"), &from));
    if (!stun_binding_answer(packet, &from, &out))
        return;
    assert(stun_parse(buf_str(&out), &reply) && str_equal(reply.id, m->id));
    assert(stun_has_fingerprint(&reply) == stun_has_fingerprint(m));
    if (reply.class == STUN_ERROR)
        return;
    assert(stun_attr_find(&reply, STUN_XOR_MAPPED_ADDRESS, &a));
    assert(stun_read_xor_addr(&reply, a.value, &told) && addr_equal(&from, &told));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stun_msg m;
    struct str packet = exact_copy((struct str){(const char *)data, size});
    if (stun_parse(packet, &m)) {
        assert(stun_is(packet));
        walk(&m);
        answer(packet, &m);
    }
    exact_free(packet);
    return 0;
}
