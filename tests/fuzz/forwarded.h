/* What a proxy sends on, held against what came: the same but for what RFC 3261 16.6 and 16.7 have
 * it change, and nothing for strangers. */
#ifndef FUZZ_FORWARDED_H
#define FUZZ_FORWARDED_H

#include "stage.h"

/* A request or response that left by `flow`. */
void forwarded_check(const struct stage *, const struct flow *, struct msg *);

#endif
