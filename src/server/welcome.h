/* What somebody who starts the server at a terminal wants to know. */
#ifndef TANDEM_SERVER_WELCOME_H
#define TANDEM_SERVER_WELCOME_H

#include <stdio.h>

#include "server/shared.h"

/* Where it listens, who may do what now, and what to do next. */
void welcome_print(FILE *f, const struct shared *s, const struct config *c);

#endif
