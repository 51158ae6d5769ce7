/* SIGINT and SIGTERM end a tool's work, not the tool: it says what it has, then goes. */
#ifndef TANDEM_TOOLS_STOP_H
#define TANDEM_TOOLS_STOP_H

#include <stdbool.h>

/* From now on either signal is noted, and ends what waits in the kernel. */
void stop_watch(void);
/* One has come. */
bool stop_asked(void);

#endif
