/* What the log tells of the server's own life. */
#ifndef TANDEM_SERVER_LIFE_H
#define TANDEM_SERVER_LIFE_H

#include "server/shared.h"

void life_started(const struct log *, const struct shared *);
/* Every worker runs, since `began` being made ready. */
void life_ready(const struct log *, const struct shared *, time_ns began);
void life_ended(const struct log *, const struct shared *, time_ns began);

#endif
