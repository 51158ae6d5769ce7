/* What a load tells: while it runs, and at its end. */
#ifndef TANDEM_TOOLS_LOAD_REPORT_H
#define TANDEM_TOOLS_LOAD_REPORT_H

#include "tools/load_run.h"

/* A line for the time since the last one: on a terminal the same line again and again, in JSON an
 * object, elsewhere nothing. */
void load_report_line(struct load_run *, time_ns span);
/* What a scenario says. */
void load_report_said(struct load_run *, struct str text);
/* A step of a search: did it hold? */
void load_report_step(struct load_run *, bool held);
/* The whole, and what the exit status will be. */
void load_report_end(struct load_run *, int status);
/* What a search has found, sessions a second, and of what. */
void load_report_found(const struct load_run *, const char *what, double rate);

#endif
