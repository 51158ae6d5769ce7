/* Points in time as people write them. */
#ifndef TANDEM_TOOLS_TRACE_TIME_H
#define TANDEM_TOOLS_TRACE_TIME_H

#include "base/buf.h"

/* What trace_time_read wants, for a complaint. */
extern const char trace_time_form[];

/* "2024-05-17", "2024-05-17T08:30", with seconds and a part of them, with Z (it is UTC in any
 * case); or seconds since 1970. */
bool trace_time_read(struct str s, int64_t *out);

/* "2024-05-17T08:30:00.123456Z" */
void trace_time_put(struct buf *, int64_t at);

#endif
