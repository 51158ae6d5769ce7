/* A capture file as `tandem trace` reads it: its events, one after the other. */
#ifndef TANDEM_TOOLS_TRACE_SOURCE_H
#define TANDEM_TOOLS_TRACE_SOURCE_H

#include "base/attr.h"
#include "capture/capture.h"
#include "trace/calls.h"

struct trace_source {
    int fd;
    char *buffer; /* what was read of the file and not yet used */
    size_t at, len;
    bool has_ended, waits;
    int error; /* why it cannot be read (on); 0: it can */
    struct capture_file file;
    struct capture_frame frame;
    struct capture *capture;
};

/* Opens the file, or standard input for "-". `key_log` is the text of a TLS key log, which may be
 * empty. 0, or an errno value and nothing to close. */
MUST_USE int trace_source_open(struct trace_source *, const char *path, struct str key_log);
/* The same, but a pipe is not waited for: trace_source_next returns false where nothing has come.
 */
MUST_USE int trace_source_follow(struct trace_source *, const char *path, struct str key_log);
void trace_source_close(struct trace_source *);

/* The next event, borrowed until the next call; false: there is none (any more). */
bool trace_source_next(struct trace_source *, struct capture_event *);

/* After it returned false: more may come. */
bool trace_source_waits(const struct trace_source *);

/* Puts an event into the table. OK, or ERR_NOMEM: it is lost. */
MUST_USE int trace_source_tell(const struct capture_event *, struct trace_calls *);

/* What is wrong with the file, once there are no more events; NULL: nothing. */
const char *trace_source_fault(const struct trace_source *);
/* It is no capture file at all, or cannot be read. */
bool trace_source_is_other(const struct trace_source *);

#endif
