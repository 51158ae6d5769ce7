/* The line that says that the server takes traffic. */
#ifndef TANDEM_SERVER_READY_H
#define TANDEM_SERVER_READY_H

#include "host/listen.h"

/* "ready udp:127.0.0.1:5060 …" on standard output, or an object with `json`. */
void ready_print(const struct listen_list *l, bool json);

#endif
