/* What a caller wishes of those who forward his request (RFC 3841). */
#ifndef TANDEM_SRC_PROXY_PREFER_H
#define TANDEM_SRC_PROXY_PREFER_H

#include "msg/msg.h"
#include "proxy/proxy.h"

struct wishes_of_caller {
    bool no_fork; /* one phone only */
};
/* RFC 3841 9.1: Request-Disposition changes *how. */
struct wishes_of_caller prefer_how(struct msg *m, struct fork_how *how);

/* RFC 3841 7.2: does the target stay, and how much is it wanted, in thousandths? */
bool prefer_keeps(struct msg *m, const struct target *t, unsigned *score);
/* Did the caller say in so many words whom he wants? Else who is left out is tried where nobody
 * else is left: they answer 405 or 489 themselves. */
bool prefer_is_explicit(const struct msg *m);

#endif
