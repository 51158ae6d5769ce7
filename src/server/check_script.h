/* What `tandem check` tries without a configuration: a function of a script, on a request that
 * stands in a file. */
#ifndef TANDEM_SERVER_CHECK_SCRIPT_H
#define TANDEM_SERVER_CHECK_SCRIPT_H

#include "config/config.h"

/* A configuration with one rule, which calls this function. NULL: every fault was told. */
struct config *check_script_config(const char *script, const char *function, config_tell *,
                                   void *arg);
/* The bytes of a message; lines may end with LF alone, then all do. False: errno says why. The text
 * is to be freed. */
bool check_request_read(const char *file, struct str *out);

#endif
