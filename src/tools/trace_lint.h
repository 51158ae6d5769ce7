/* What is wrong with the messages of calls. */
#ifndef TANDEM_TOOLS_TRACE_LINT_H
#define TANDEM_TOOLS_TRACE_LINT_H

#include "tools/trace_options.h"
#include "tools/trace_pick.h"

/* Judges the messages of each call by themselves and by each other, and tells what it finds, as
 * o->lint says. An exit status, told: TRACE_EXIT_BAD_INPUT where a message is invalid. */
int trace_lint(const struct trace_options *, const struct trace_pick *);

#endif
