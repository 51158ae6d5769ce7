/* Lines for people: a sink that the program sets, levels, and a limit on how often one place may
 * speak. */
#ifndef TANDEM_BASE_LOG_H
#define TANDEM_BASE_LOG_H

#include "base/attr.h"
#include "base/time.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level;
    /* `line` is NUL-terminated, without a line end, borrowed for the call. */
    void (*write)(void *arg, enum log_level, const char *line);
    void *arg;
};

#define LOG_LINE_MAX 1024 /* with the NUL; longer lines are cut */
#define LOG_PER_SECOND 5

/* A place's own allowance: `per_second` lines, the rest counted and told with the next one that
 * passes. Zeroed is ready for use. */
struct log_gate {
    time_ns window;
    unsigned used, skipped;
    unsigned per_second; /* 0: LOG_PER_SECOND */
};

/* Control characters become '?': a line stays one line, whatever a stranger sent. */
void log_line(const struct log *l, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);
void log_gated(const struct log *l, struct log_gate *g, time_ns now, enum log_level level,
               const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
