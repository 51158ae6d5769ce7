/* A live trace without a screen: until a signal. */
#ifndef TANDEM_TOOLS_TRACE_LIVE_H
#define TANDEM_TOOLS_TRACE_LIVE_H

#include "tools/trace_options.h"
#include "trace/calls.h"

/* Takes what comes into the table until SIGINT or SIGTERM, or the end of what brings it, and with
 * o->follow tells it. An exit status, told. */
int trace_live(const struct trace_options *, struct trace_calls *, struct str key_log);
/* The same of a running server's, with o->follow. */
int trace_live_server(const struct trace_options *, struct trace_calls *);

#endif
