/* The options of `tandem serve`. */
#ifndef TANDEM_SERVER_OPTIONS_H
#define TANDEM_SERVER_OPTIONS_H

#include "base/limits.h"
#include "config/config.h"

struct server_options {
    const char *file;                                /* of the configuration; NULL: none */
    struct config_override overrides[LIMIT_OPTIONS]; /* what options say; views of argv */
    size_t n_overrides;
    bool json; /* of what is printed on standard output */
    bool help;
};

/* Reads argv[1] on. 0, or 2 once what is wrong was said on standard error. Values are looked at
 * where the configuration is made (config_file.h). */
MUST_USE int server_options_read(struct server_options *o, int argc, char **argv);

#endif
