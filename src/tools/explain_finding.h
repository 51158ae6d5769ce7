/* What a code of `tandem parse` means. */
#ifndef TANDEM_TOOLS_EXPLAIN_FINDING_H
#define TANDEM_TOOLS_EXPLAIN_FINDING_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/* False: there is no such code, and nothing was printed. */
bool explain_finding(FILE *, struct str name);

#endif
