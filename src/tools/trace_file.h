/* A capture file, or standard input, as frames: read portion by portion, so that its size does not
 * matter. */
#ifndef TANDEM_TOOLS_TRACE_FILE_H
#define TANDEM_TOOLS_TRACE_FILE_H

#include "base/attr.h"
#include "capture/file.h"

struct trace_file {
    int fd;
    char *buffer; /* what was read of the file and not yet used */
    size_t at, len;
    int error; /* why it cannot be read (on); 0: it can */
    uint64_t frames;
    struct capture_file form;
};

/* "-": standard input. `waits`: a pipe is waited for; else trace_file_next says that nothing has
 * come. 0, or an errno value and nothing to close. */
MUST_USE int trace_file_open(struct trace_file *, const char *path, bool waits);
void trace_file_close(struct trace_file *);

enum trace_file_news {
    TRACE_FILE_FRAME,
    TRACE_FILE_KEYS,    /* frame.bytes is the text of a TLS key log */
    TRACE_FILE_NOTHING, /* yet */
    TRACE_FILE_END
};
/* What comes next, borrowed until the next call. */
enum trace_file_news trace_file_next(struct trace_file *, struct capture_frame *);

/* What is wrong with it, once it is at its end; NULL: nothing. */
const char *trace_file_fault(const struct trace_file *);
/* It cannot be read at all, or is of no form that is known. */
bool trace_file_is_other(const struct trace_file *);

#endif
