/* The daemon: shared parts, workers, signals, the end. */
#ifndef TANDEM_SERVER_SERVER_H
#define TANDEM_SERVER_SERVER_H

#include "server/options.h"

/* Serves until a signal ends it. Returns the program's exit status; what went wrong was said on
 * standard error. */
int server_run(const struct server_options *o);

#endif
