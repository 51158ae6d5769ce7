/* Calls as a file, from what the table holds of them. */
#ifndef TANDEM_TOOLS_TRACE_SAVE_H
#define TANDEM_TOOLS_TRACE_SAVE_H

#include "screen/screen.h"

/* Ends with NULL. */
extern const char *const trace_save_formats[];

/* Writes a new file: messages by time. NULL, or what is wrong, borrowed until the next call; what
 * was written so far is removed then. */
const char *trace_save(const struct screen_saving *);

#endif
