/* Looks for the highest rate that holds. */
#ifndef TANDEM_TOOLS_LOAD_SEARCH_H
#define TANDEM_TOOLS_LOAD_SEARCH_H

#include "tools/load_run.h"

/* Ever faster until it does not hold. The exit status: LOAD_DONE where some rate holds. */
int load_search_ramp(struct load_run *);
/* RFC 7502 4.10, printed as 5.1 to 5.3 have it. */
int load_search_rfc7502(struct load_run *);

#endif
