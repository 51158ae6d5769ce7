/* Which calls of a table are meant: those of one flow, or all that fit a filter. */
#ifndef TANDEM_TOOLS_TRACE_PICK_H
#define TANDEM_TOOLS_TRACE_PICK_H

#include "trace/calls.h"
#include "trace/filter.h"

struct trace_pick {
    const struct trace_calls *calls;
    const struct trace_call *one; /* it and what it is joined with; NULL: what fits `filter` */
    const struct trace_filter *filter;
};

/* In the order in which they began: start with NULL, ends with NULL. */
const struct trace_call *trace_pick_next(const struct trace_pick *, const struct trace_call *last);
/* Is it one of them? Of a call that goes on this may change. */
bool trace_pick_fits(const struct trace_pick *, const struct trace_call *);

#endif
