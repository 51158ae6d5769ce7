/* Short texts, cut where they do not fit. Private to trace/. */
#ifndef TANDEM_SRC_TRACE_BRIEF_H
#define TANDEM_SRC_TRACE_BRIEF_H

#include "base/buf.h"
#include "base/time.h"
#include "trace/event.h"

/* As much of it as there is room for, in whole characters. */
void brief_put(struct buf *, struct str);
void brief_put_u64(struct buf *, uint64_t);
void brief_put_addr(struct buf *, const struct addr *);
/* Nanoseconds as "12.345", with `decimals` (1 to 9) of them, the rest cut; below 0: "-0.001". */
void brief_put_seconds(struct buf *, int64_t ns, unsigned decimals);
/* "2026-01-01T12:00:00.000Z" (RFC 3339); times before 1970 count as its beginning. */
void brief_put_time(struct buf *, unix_ns);

#endif
