/* `tandem user import`: many accounts at once. */
#ifndef TANDEM_TOOLS_USER_IMPORT_H
#define TANDEM_TOOLS_USER_IMPORT_H

#include <stdio.h>

#include "store/accounts.h"

/* Reads lines of an AOR and a password and writes their accounts, all or none; *n is how many.
 * False: what is wrong was said on standard error, and nothing has changed. */
MUST_USE bool user_import(struct accounts_file *, FILE *, unsigned *n);

#endif
