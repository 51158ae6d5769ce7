/* What the files of this folder share while a configuration is read: what was read, where, and who
 * is told of faults. */
#ifndef TANDEM_SRC_CONFIG_READER_H
#define TANDEM_SRC_CONFIG_READER_H

#include "config/value.h"

struct reader {
    const struct config_source *source;
    struct config *config;
    config_tell *tell;
    void *arg;
    unsigned faults;
    unsigned lines[N_KEYS]; /* where each key stands; 0: it does not */
    bool bad[N_KEYS];       /* something is wrong with its value */
    bool beside[N_KEYS];    /* a value from beside the file has taken its place */
};

/* --- fault.c --- */
/* Tells of a fault at `line` of the file; over LIMIT_CONFIG_FAULTS nothing is told. */
void fault(struct reader *, unsigned line, struct str key, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Of an option of the command line. */
void fault_of_option(struct reader *, const char *option, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool fault_is_enough(const struct reader *);

/* --- text.c: the file's text --- */
void read_text(struct reader *);
/* --- clash.c: values that do not go together --- */
void find_clashes(struct reader *);

#endif
