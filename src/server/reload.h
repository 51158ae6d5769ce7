/* A new configuration for a server that runs. */
#ifndef TANDEM_SERVER_RELOAD_H
#define TANDEM_SERVER_RELOAD_H

#include "server/shared.h"

/* Reads the file anew, with what the options say; where nothing is wrong it replaces the whole
 * configuration, and each worker goes over to it at its next turn. True. False: the old one stays,
 * and the faults were told. A key that only a start can change is told as a warning; its old value
 * stays. In any thread but the workers': it reads a file. */
MUST_USE bool server_reload(struct shared *s, config_tell *tell, void *arg);
/* What the log is told behind a reload that was done. */
void server_reloaded(struct shared *s, const struct log *log);
/* The same, told to the log: the faults, then how it ended. */
void server_reload_logged(struct shared *s, const struct log *log);

#endif
