/* Finds a running server. */
#ifndef TANDEM_TOOLS_CTL_CONNECT_H
#define TANDEM_TOOLS_CTL_CONNECT_H

#include <limits.h>

#include "base/attr.h"
#include "net/wire.h"

/* Connects to the control socket `socket` where it is named, else to "control" in the folder
 * `data`, else in $TANDEM_DATA; where none of these is, to the first at which somebody answers of
 * the service's, those of servers without a data folder (host/control_place.h), and that of the
 * data folder which a server of this user has by default. 0, or an errno value: ENOENT where there
 * is none. `path` is where it was, or the place that it was looked for. The wire is to be closed
 * either way. */
MUST_USE int ctl_connect(struct wire *, const char *socket, const char *data, char path[PATH_MAX]);

#endif
