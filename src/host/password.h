/* Where a password comes from: the environment, a terminal, standard input, or made up. */
#ifndef TANDEM_HOST_PASSWORD_H
#define TANDEM_HOST_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

#define PASSWORD_MAX 256 /* with the NUL */

/* From TANDEM_PASSWORD; else, where standard input is a terminal, asked for twice without showing
 * it; else the first line of standard input. NULL: `at` has it; else what is wrong with it. Whoever
 * gets it wipes it (password_wipe). */
MUST_USE const char *password_read(char at[PASSWORD_MAX]);
/* Asked for once at the terminal that standard input is. Results as of password_read. */
MUST_USE const char *password_ask(char at[PASSWORD_MAX]);
/* NULL: it may be one; else what is wrong with it. */
MUST_USE const char *password_judge(struct str password);
/* One that nobody guesses and anybody can type: 99 bits. False: the kernel gave no entropy. */
MUST_USE bool password_make(char at[PASSWORD_MAX]);
void password_wipe(char at[PASSWORD_MAX]);

#endif
