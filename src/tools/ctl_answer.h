/* What a server answers to one command, shown as the user wants it. */
#ifndef TANDEM_TOOLS_CTL_ANSWER_H
#define TANDEM_TOOLS_CTL_ANSWER_H

#include <limits.h>

#include "base/words.h"
#include "net/wire.h"

enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_MISUSED = 2, CTL_NOBODY = 3, CTL_FAULT = 4 };

struct ctl_settings {
    const char *socket, *data;
    bool json, help;
    bool script; /* commands come from standard input */
    char path[PATH_MAX];
    unsigned line; /* of the script; 0: argv */
};

/* Says what is wrong on standard error; returns `status`. */
int ctl_complain(const struct ctl_settings *, const char *where, const char *what, int status);
/* Receives and shows the answer to the command that was sent. Returns the exit status. */
int ctl_show(struct wire *, const struct ctl_settings *, const struct words *);

#endif
