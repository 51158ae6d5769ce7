/* The RTP streams of a trace as a list. */
#ifndef TANDEM_TOOLS_TRACE_STREAMS_H
#define TANDEM_TOOLS_TRACE_STREAMS_H

#include "tools/trace_options.h"
#include "tools/trace_pick.h"

/* On standard output: those of the calls that are picked, and, where all calls are, those of none.
 */
void trace_streams(const struct trace_options *, const struct trace_pick *);

#endif
