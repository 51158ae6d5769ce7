/* `tandem trace` on a terminal: the calls full screen while files are read. */
#ifndef TANDEM_TOOLS_TRACE_SCREEN_H
#define TANDEM_TOOLS_TRACE_SCREEN_H

#include "tools/trace_options.h"
#include "trace/calls.h"

/* Until the user leaves. An exit status, told. */
int trace_screen(const struct trace_options *, struct trace_calls *, struct str key_log);

#endif
