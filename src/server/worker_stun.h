/* STUN keep-alives of phones. */
#ifndef TANDEM_SERVER_WORKER_STUN_H
#define TANDEM_SERVER_WORKER_STUN_H

#include "server/worker.h"

/* Is it STUN's, and not for the element? Then it was answered or dropped. */
MUST_USE bool worker_takes_stun(struct worker *w, unsigned listener, const struct udp_in *in);

#endif
