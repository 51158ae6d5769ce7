/* The metrics listener: OpenMetrics text over HTTP, on a thread of its own. What it shows stands in
 * data/metrics.def. */
#ifndef TANDEM_SERVER_METRICS_H
#define TANDEM_SERVER_METRICS_H

#include "server/shared.h"

struct metrics;

/* A listening socket for "HOST:PORT" (port 0: a free one, written to *at). NULL and *fd, or what is
 * wrong. */
MUST_USE const char *metrics_listen(struct str where, struct addr *at, int *fd);

/* Serves on the socket, which it takes. NULL: no memory or no thread, and the socket is closed. */
struct metrics *metrics_start(struct shared *, int fd);
/* Ends the thread. NULL is legal. */
void metrics_stop(struct metrics *);

#endif
