/* Inside of media/: a file of sound as samples of one channel at a rate that was asked for. */
#ifndef TANDEM_MEDIA_SOURCE_FILE_H
#define TANDEM_MEDIA_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct source_file;

/* As source_file of media/source.h. */
int source_file_open(struct mem *, unsigned rate, const char *path, bool again,
                     struct source_file **, const char **why);
void source_file_close(struct source_file *); /* NULL is legal */
/* How many of n samples there were: fewer at the end. */
size_t source_file_take(struct source_file *, int16_t *pcm, size_t n);

#endif
