/* The system calls that a running server makes, and no others (seccomp(2)). */
#ifndef TANDEM_SERVER_SECCOMP_H
#define TANDEM_SERVER_SECCOMP_H

#include <stdbool.h>

#include "base/attr.h"

/* For this thread and all that it starts from now on: other calls fail with EPERM (newer ones than
 * this program knows with ENOSYS, so that the C library does without), and those that only an
 * intruder makes end the process. No new privileges can be gained any more. False: neither this
 * kernel nor this processor has it, or errno says why not. */
MUST_USE bool seccomp_enter(void);

#endif
