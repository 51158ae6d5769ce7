/* What went wrong with a file of the store, in words. */
#ifndef TANDEM_STORE_FAULT_H
#define TANDEM_STORE_FAULT_H

#include <stdbool.h>

#include "base/attr.h"

/* A sentence without a line end: "WHERE: WHAT". */
struct store_fault {
    char what[512];
};

/* Always false: `return fault_say(fault, …)`. Longer texts are cut. NULL is legal. */
bool fault_say(struct store_fault *fault, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
