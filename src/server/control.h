/* The control socket: a thread of its own takes commands from clients on this machine, a line each,
 * and answers in JSON Lines that a status line ends. What the verbs are is control_verbs.c's.
 *
 *   registrations *@example.com
 *   {"aor":"sip:alice@example.com","contact":"sip:alice@192.0.2.7",…}
 *   {"status":0}
 *
 * No client can hold up the server, nor another client: what each may keep waiting is bounded. */
#ifndef TANDEM_SERVER_CONTROL_H
#define TANDEM_SERVER_CONTROL_H

#include "server/shared.h"

struct control;

/* Makes the socket, mode 0600, in the place of one that nobody answers at any more, and starts the
 * thread. NULL and *out; or what is wrong: there is nothing to stop. `path` is borrowed until
 * control_stop. */
MUST_USE const char *control_start(struct shared *, const char *path, struct control **out);
/* Ends the thread and removes the socket. NULL is legal. */
void control_stop(struct control *);

#endif
