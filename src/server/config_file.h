/* Reads configurations from files, and says what is wrong with them. */
#ifndef TANDEM_SERVER_CONFIG_FILE_H
#define TANDEM_SERVER_CONFIG_FILE_H

#include <stdio.h>

#include "config/config.h"

/* `source` without its text, which is read from source->file ("-": standard input; NULL: the text
 * counts); the scripts that it names are read, too. NULL: every fault was told. */
struct config *config_file_read(struct mem *mem, const struct config_source *source,
                                config_tell *tell, void *arg);

/* A config_tell for people: "tandem: FILE:LINE:KEY: WHAT" on the FILE *arg. */
void config_fault_print(void *arg, const struct config_fault *f);
/* A fault of no line. */
void config_fault_tell(config_tell *tell, void *arg, const char *file, const char *key,
                       const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
