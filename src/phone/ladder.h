/* The ladder of what a command has sent and heard, for --trace. */
#ifndef TANDEM_PHONE_LADDER_H
#define TANDEM_PHONE_LADDER_H

#include <stdio.h>

#include "trace/recorder.h"

/* Draws every call that is in the recorder, the oldest first. */
void ladder_show(const struct recorder *, FILE *);

#endif
