/* A session description in a few words. Private to trace/. */
#ifndef TANDEM_SRC_TRACE_SUMMARY_H
#define TANDEM_SRC_TRACE_SUMMARY_H

#include "trace/ladder.h"

struct summary;
MUST_USE struct summary *summary_new(struct mem *);
void summary_free(struct mem *, struct summary *);
/* At most LIMIT_TRACE_SUMMARY bytes: "offer PCMU,PCMA 10.0.0.1:4000 sendrecv". */
void summary_put(struct summary *, struct buf *, const struct trace_call *,
                 const struct trace_item *);

#endif
