/* How a worker tells the others of phones that came, for calls that these may join. */
#ifndef TANDEM_SERVER_WORKER_JOIN_H
#define TANDEM_SERVER_WORKER_JOIN_H

#include "server/worker.h"

/* Before each read of the store, and once in a turn: whoever writes after that read sees that he
 * is waited for. */
void worker_tell_awaits(struct worker *w);
/* Phones of this user (element_note.key) have come: workers that wait for any are told. */
void worker_tell_came(struct worker *w, struct str key);
/* Another worker has told; gives `bytes` back. */
void worker_take_came(struct worker *w, struct block *bytes, time_ns now);

#endif
