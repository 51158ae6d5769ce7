/* A screen on the terminal, over whatever brings events. */
#ifndef TANDEM_TOOLS_TERMINAL_H
#define TANDEM_TOOLS_TERMINAL_H

#include "screen/screen.h"

enum terminal_supply {
    TERMINAL_MORE,  /* events were taken; ask again at once */
    TERMINAL_LATER, /* nothing has come; ask again in a while */
    TERMINAL_NONE   /* nothing will come any more */
};

struct terminal_source {
    /* Takes events into the table: as many as a user would not notice, and without waiting. */
    enum terminal_supply (*take)(void *user);
    /* Writes a file. NULL, or what is wrong, borrowed until the next call. */
    const char *(*save)(void *user, const struct screen_saving *);
    void *user;
};

/* Can one be shown: is standard output a terminal? */
bool terminal_is_there(void);

/* Shows the table until the user leaves it. Keys come from standard input if that is a terminal,
 * else from the controlling terminal. `options->is_ascii` is found out here. NULL, or why nothing
 * could be shown. */
MUST_USE const char *terminal_run(const struct trace_calls *, const struct screen_options *options,
                                  const struct terminal_source *);

#endif
