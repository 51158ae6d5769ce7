/* What a program may do once it has opened what needed more. */
#ifndef TANDEM_HOST_PRIVILEGES_H
#define TANDEM_HOST_PRIVILEGES_H

#include "base/attr.h"

/* Who is root by sudo becomes the user who called it; whoever it is has no capability any more and
 * gets none by any program (PR_SET_NO_NEW_PRIVS). 0 or an errno value. */
MUST_USE int privileges_drop(void);

#endif
