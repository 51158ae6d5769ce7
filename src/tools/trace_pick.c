/* Goes through calls that are meant. */
#include "tools/trace_pick.h"

const struct trace_call *trace_pick_next(const struct trace_pick *p, const struct trace_call *last)
{
    if (p->one)
        return trace_call_of_flow(p->one, last);
    do
        last = trace_calls_next(p->calls, last);
    while (last && !trace_filter_fits(p->filter, last));
    return last;
}

bool trace_pick_fits(const struct trace_pick *p, const struct trace_call *c)
{
    const struct trace_call *of_flow = NULL;

    if (!p->one)
        return trace_filter_fits(p->filter, c);
    while ((of_flow = trace_call_of_flow(p->one, of_flow)))
        if (of_flow == c)
            return true;
    return false;
}
