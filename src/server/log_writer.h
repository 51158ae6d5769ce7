/* Where the workers' log lines go: a thread of its own writes them to standard error, so that a
 * reader that stalls stalls nobody else. */
#ifndef TANDEM_SERVER_LOG_WRITER_H
#define TANDEM_SERVER_LOG_WRITER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/log.h"
#include "base/mem.h"

struct log_writer;

/* Starts the thread with a log for each of `n` writers. `json`: an object a line. NULL: no memory
 * or no thread. */
struct log_writer *log_writer_new(struct mem *mem, unsigned n, enum log_level level, bool json,
                                  int fd);
/* Writes what waits, if that is taken within a second, and ends. */
void log_writer_free(struct log_writer *w);
/* The log of writer i, to be used by one thread. */
const struct log *log_writer_log(struct log_writer *w, unsigned i);

#endif
