/* Where a server's control socket is. */
#ifndef TANDEM_TOOLS_CTL_PATH_H
#define TANDEM_TOOLS_CTL_PATH_H

#include <limits.h>
#include <stdbool.h>

#include "base/attr.h"

/* Where the socket is: `socket` where it is named, else "control" in the folder `data`, else where
 * the service has it, else in the folder that a server of this user has by default. False: the path
 * is too long, or there is no such folder. */
MUST_USE bool ctl_path(const char *socket, const char *data, char out[PATH_MAX]);

#endif
