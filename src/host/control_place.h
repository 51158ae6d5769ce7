/* Where a server has its control socket that was told neither a path nor a data folder. Servers and
 * those who ask them look in the same places, in the same order. */
#ifndef TANDEM_SRC_HOST_CONTROL_PLACE_H
#define TANDEM_SRC_HOST_CONTROL_PLACE_H

#include <limits.h>
#include <stdbool.h>

#include "base/attr.h"

/* The socket of the n-th place, from 0: in $XDG_RUNTIME_DIR/tandem, for root in /run/tandem, in
 * /tmp/tandem-UID. "" where there is no such place for this user; false: there are no more. */
MUST_USE bool control_place(unsigned n, char out[PATH_MAX]);
/* Makes the folder of the socket where it is missing: 0700. 0, or an errno value: EPERM where it is
 * a link, no folder, somebody else's, or others may write into it. */
MUST_USE int control_place_make(const char *socket);
/* The same of a folder that is to be there. */
MUST_USE int control_place_check(const char *socket);

#endif
