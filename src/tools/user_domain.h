/* Whether a server that runs has the domain of an account. */
#ifndef TANDEM_TOOLS_USER_DOMAIN_H
#define TANDEM_TOOLS_USER_DOMAIN_H

#include <stdio.h>

#include "base/str.h"

/* Asks the server that runs on the folder `data` (NULL: the usual one) for its domains, and prints
 * a line where `realm` is none of them. Where none runs, or it does not say, nothing is printed. */
void user_domain_warn(FILE *, const char *data, struct str realm);

#endif
