/* Calls of a trace shown: as a list, as ladders on standard output, and as pictures in files. */
#ifndef TANDEM_TOOLS_TRACE_SHOW_H
#define TANDEM_TOOLS_TRACE_SHOW_H

#include "tools/trace_options.h"
#include "tools/trace_pick.h"

/* On standard output. An exit status, told. */
int trace_show(const struct trace_options *o, const struct trace_pick *);

/* Writes o->svg and o->html, where they are wanted: of the call that was picked, with what it is
 * joined with. An exit status, told. */
int trace_show_pictures(const struct trace_options *o, const struct trace_pick *);

#endif
