/* Where what the workers tell goes: a thread of its own writes it to standard error, so that a
 * reader that stalls stalls nobody else. */
#ifndef TANDEM_SERVER_LOG_WRITER_H
#define TANDEM_SERVER_LOG_WRITER_H

#include "base/attr.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"

struct log_writer;

/* Starts the thread with a log for each of `n` writers, at least one. NULL: no memory or no thread.
 */
struct log_writer *log_writer_new(struct mem *mem, unsigned n, enum log_level level,
                                  enum config_log_format format, int fd);
/* Writes what waits, if that is taken within a second, and ends. */
void log_writer_free(struct log_writer *w);
/* The same, but its logs may still be written to: it is lost. Not to be freed then. */
void log_writer_stop(struct log_writer *w);
/* The log of writer i, to be used by one thread. */
const struct log *log_writer_log(struct log_writer *w, unsigned i);
/* Of all writers at once; in any thread. */
void log_writer_set_level(struct log_writer *w, enum log_level level);
enum log_level log_writer_level(const struct log_writer *w);

#endif
