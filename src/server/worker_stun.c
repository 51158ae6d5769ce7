/* STUN on SIP's UDP ports (RFC 5626 8): told from SIP by its first bytes, answered without any
 * state, and what it costs is the guard's to limit. */
#include "server/worker_stun.h"

#include "stun/binding.h"

static struct block *answer_to(struct worker *w, const struct udp_in *in)
{
    char space[STUN_ANSWER_BYTES];
    struct buf b;

    buf_init(&b, space, sizeof(space));
    if (in->bytes.len > LIMIT_STUN_BYTES || !stun_binding_answer(in->bytes, &in->remote, &b))
        return NULL;
    struct block *bytes = block_new(w->blocks, b.len);

    if (!bytes)
        return NULL;
    memcpy(bytes->bytes, b.at, b.len);
    bytes->len = (uint32_t)b.len;
    return bytes;
}

bool worker_takes_stun(struct worker *w, unsigned listener, const struct udp_in *in)
{
    if (!stun_is(in->bytes))
        return false;
    struct block *bytes = answer_to(w, in);

    if (bytes) {
        w->stun_answers++;
        udp_send(&w->listeners[listener].udp, &in->remote, bytes, 0);
    }
    return true;
}
