/* What this process uses of the machine. */
#ifndef TANDEM_SERVER_PROCESS_H
#define TANDEM_SERVER_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

struct process_figures {
    pid_t pid;
    double cpu_s;        /* user and system */
    double started_unix; /* when it began, in unix time */
    uint64_t resident_bytes, virtual_bytes;
    uint64_t open_fds, max_fds;
};

/* Opens what process_look reads: before the process gives up the right to open files. Once a
 * process, before its threads. */
void process_open(void);
void process_close(void);
/* In any thread; what cannot be read is 0. */
void process_look(struct process_figures *out);

#endif
