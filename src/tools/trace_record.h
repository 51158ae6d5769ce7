/* Frames and messages written down as they come: a PCAPNG file. */
#ifndef TANDEM_TOOLS_TRACE_RECORD_H
#define TANDEM_TOOLS_TRACE_RECORD_H

#include <stdio.h>

#include "base/attr.h"
#include "capture/pcapng.h"

struct trace_record {
    FILE *file; /* NULL: nothing is written */
    char *room;
    struct pcapng_writer writer;
};

/* 0 or an errno value, and nothing to close. */
MUST_USE int trace_record_open(struct trace_record *, const char *path);
void trace_record_frame(struct trace_record *, const struct capture_frame *);
/* A message of which there is no frame, as a datagram. */
void trace_record_message(struct trace_record *, int64_t at, const struct addr *from,
                          const struct addr *to, struct str message);
/* What was written is in the file, whatever becomes of us. */
void trace_record_flush(struct trace_record *);
/* False: something could not be written. */
MUST_USE bool trace_record_close(struct trace_record *);

#endif
