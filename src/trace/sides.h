/* The participants of a ladder. Private to trace/. */
#ifndef TANDEM_SRC_TRACE_SIDES_H
#define TANDEM_SRC_TRACE_SIDES_H

#include "trace/ladder.h"

/* The two sides, which are made where they are new. False: there is no room for them. */
bool side_of_item(struct trace_ladder *, const struct trace_item *, unsigned *from, unsigned *to);
bool side_of_stream(struct trace_ladder *, const struct trace_stream *, unsigned *from,
                    unsigned *to);
/* Once all rungs are there: whose phone each is, and which program. */
void sides_name(struct trace_ladder *);

#endif
