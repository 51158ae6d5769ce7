/* The listening sockets of all workers, opened before any of them runs. */
#ifndef TANDEM_SERVER_SOCKETS_H
#define TANDEM_SERVER_SOCKETS_H

#include "host/listen.h"

struct socket_set {
    unsigned n_workers;
    int fds[LIMIT_WORKERS][LIMIT_LISTENERS]; /* -1: taken or not open */
};

/* Opens list->n sockets for each worker, all workers' at the same addresses, and writes the real
 * ports into the list. 0; or an errno value and the listener's index in *failed, and nothing is
 * open. */
MUST_USE int sockets_open(struct socket_set *s, struct listen_list *list, unsigned n_workers,
                          unsigned *failed);
/* The caller's from now on. */
int sockets_take(struct socket_set *s, unsigned worker, unsigned listener);
/* Closes what nobody took. */
void sockets_close(struct socket_set *s);

#endif
