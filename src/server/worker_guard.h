/* A worker's guard: whom it listens to, and what it tells of those it does not. */
#ifndef TANDEM_SERVER_WORKER_GUARD_H
#define TANDEM_SERVER_WORKER_GUARD_H

#include "guard/guard.h"
#include "server/worker.h"

/* Once the worker is known to `shared`. False: no memory, no entropy. */
MUST_USE bool worker_guard_init(struct worker *w);
void worker_guard_fini(struct worker *w);
/* After the configuration or the need of accounts has changed. ERR_NOMEM: the old one stays. */
MUST_USE int worker_guard_reconfigure(struct worker *w, time_ns now);

/* May a datagram of `from` be looked at? */
static inline bool worker_hears(struct worker *w, const struct addr *from, time_ns now)
{
    return guard_packet(w->guard, from, now) == GUARD_PASS;
}
/* May this connection be accepted? */
bool worker_admits(struct worker *w, const struct addr *from, time_ns now);
/* May this connection's bytes be looked at? If not, it is to be dropped. */
bool worker_hears_stream(struct worker *w, conn_id conn, time_ns now);

/* After each input of the element: what it noted is logged, and told to the guard; who is banned
 * for it, to the other workers. */
void worker_take_notes(struct worker *w, time_ns now);
/* A peer's handshake came to nothing. Who only goes away, or does not want our certificate, did
 * nothing wrong: so do monitors, and phones that lack an authority. */
void worker_weigh_handshake(struct worker *w, const struct tcp_failure *, time_ns now);
/* Here alone; who is trusted is not. */
void worker_ban(struct worker *w, const struct guard_ban *, time_ns now);
/* Another worker has banned somebody; gives `bytes` back. */
void worker_take_ban(struct worker *w, struct block *bytes, time_ns now);
/* Ends connections of those who were banned meanwhile. */
void worker_drop_banned(struct worker *w, time_ns now);
/* When worker_drop_banned is next wanted. */
time_ns worker_guard_deadline(const struct worker *w);

#endif
