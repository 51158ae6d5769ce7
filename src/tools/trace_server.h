/* The calls of a running server: what its workers have kept of them, and why it did what it did. */
#ifndef TANDEM_TOOLS_TRACE_SERVER_H
#define TANDEM_TOOLS_TRACE_SERVER_H

#include "net/wire.h"
#include "tools/trace_follow.h"
#include "tools/trace_options.h"
#include "trace/calls.h"

#define TRACE_CURSOR_MOST 1400

struct trace_server {
    struct wire wire;
    char cursor[TRACE_CURSOR_MOST]; /* where the last answer ended; "": there was none */
};

/* Connects to the control socket that the options name. 0, or the exit status once the fault was
 * told; there is nothing to close then. */
MUST_USE int trace_server_begin(struct trace_server *, const struct trace_options *);
void trace_server_close(struct trace_server *);

/* Takes in what passed since the last time, at first all that is kept, and tells it to whoever
 * follows (NULL: nobody does). NULL, or what is wrong, for people. */
MUST_USE const char *trace_server_read(struct trace_server *, struct trace_calls *,
                                       const struct trace_follow *);

#endif
