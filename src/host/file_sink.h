/* A sink of drawings that is a file of the C library's. */
#ifndef TANDEM_HOST_FILE_SINK_H
#define TANDEM_HOST_FILE_SINK_H

#include <stdio.h>

#include "trace/draw.h"

struct file_sink {
    struct trace_sink sink;
    FILE *file;
};

/* What cannot be written stays with the file: look at ferror. */
void file_sink_init(struct file_sink *, FILE *);

#endif
