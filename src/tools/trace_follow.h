/* A trace told message by message, as it comes. */
#ifndef TANDEM_TOOLS_TRACE_FOLLOW_H
#define TANDEM_TOOLS_TRACE_FOLLOW_H

#include <stdio.h>

#include "tools/trace_options.h"
#include "tools/trace_pick.h"

struct trace_follow {
    FILE *out; /* NULL: nothing is told */
    bool json;
    struct str call; /* the call that is meant; empty: those that fit the filter */
    const struct trace_calls *calls;
    const struct trace_filter *filter;
};

void trace_follow_init(struct trace_follow *, const struct trace_options *,
                       const struct trace_calls *);
/* Tells what the table has just taken, where its call is meant: a line with its time, its way, what
 * it is and whose; or an object as JSON. `at` is when it came: a repeat has its own. */
void trace_follow_tell(const struct trace_follow *, unix_ns at);

#endif
