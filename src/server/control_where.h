/* Which path the control socket has. */
#ifndef TANDEM_SERVER_CONTROL_WHERE_H
#define TANDEM_SERVER_CONTROL_WHERE_H

#include <limits.h>

#include "config/config.h"

struct control_where {
    char path[PATH_MAX];
    bool was_told; /* a server does not start without it */
    int error; /* why there can be none at a path that nobody told: an errno value; 0: there can */
};

/* The one that was told, else the one in the data folder, else one in a folder of this user's,
 * which is made. To be called with the rights that the server keeps. */
void control_where(struct control_where *, const struct config *);

#endif
