/* The calls of a trace as a list. */
#ifndef TANDEM_TOOLS_TRACE_LIST_H
#define TANDEM_TOOLS_TRACE_LIST_H

#include <stdio.h>

#include "trace/call.h"

/* The line above a list for people, and one call on a line. */
void trace_list_head(FILE *);
void trace_list_text(FILE *, const struct trace_call *);
/* Text of strangers for a terminal: what would drive it is shown as a dot. */
void trace_list_put(FILE *, struct str);

#endif
