/* What a server answers to STUN Binding requests on its SIP ports (RFC 5626 8): where they come
 * from. It asks nobody who they are and remembers nothing. */
#ifndef TANDEM_STUN_BINDING_H
#define TANDEM_STUN_BINDING_H

#include "stun/stun.h"

/* The largest answer. */
#define STUN_ANSWER_BYTES 128

/* Writes the answer to a packet that came from there: 200 with XOR-MAPPED-ADDRESS, or 420 where it
 * asks for what is not known; with a FINGERPRINT where it had one. False: it gets none (no Binding
 * request, not STUN at all, forged). `out` has room for STUN_ANSWER_BYTES. */
bool stun_binding_answer(struct str packet, const struct addr *from, struct buf *out);

#endif
