/* What the process may still do once it has opened what it needs: the folders that it sees
 * (landlock(7)) and the system calls that it makes (seccomp.h). */
#ifndef TANDEM_SERVER_SANDBOX_H
#define TANDEM_SERVER_SANDBOX_H

#include <stdbool.h>

#include "base/attr.h"

#define SANDBOX_FOLDERS 8
#define SANDBOX_READABLE                                                     \
    298 /* the configuration's folder, those of certificates, scripts, names \
         */

/* Beside what every server needs: /etc, the system's libraries, what resolving names reads. */
struct sandbox_folders {
    const char *readable[SANDBOX_READABLE]; /* what is missing is passed over; NULL: nothing */
    const char *writable[SANDBOX_FOLDERS];
};

struct sandbox {
    bool files, calls; /* what of it this kernel has and now keeps up */
    const char *why;   /* the reason where one is false, in words */
};

/* For this thread and those that it starts from now on: call it before there are others. Where the
 * kernel lacks a part the rest holds. There is no core from then on, since it would hold secrets,
 * and no tracing by the same user. */
void sandbox_enter(struct sandbox *out, const struct sandbox_folders *folders);

/* As many descriptors as the system allows: a connection takes one. */
void sandbox_raise_descriptors(void);

#endif
