/* What only the machine can say of a configuration: ports, addresses, folders, users. */
#ifndef TANDEM_SERVER_MACHINE_H
#define TANDEM_SERVER_MACHINE_H

#include "config/config.h"

/* Tells of all that would keep a server with this configuration from starting here and now; `file`
 * as in the faults. Opens and closes sockets, changes nothing. Returns how many faults there were,
 * warnings not counted. */
unsigned machine_check(const struct config *c, const char *file, config_tell *to, void *arg);

#endif
