/* The same as load_report.h, as JSON Lines. */
#ifndef TANDEM_TOOLS_LOAD_JSON_H
#define TANDEM_TOOLS_LOAD_JSON_H

#include "tools/load_run.h"

void load_json_said(struct str text);
void load_json_line(const struct load_run *, time_ns span);
void load_json_step(const struct load_run *, bool held);
void load_json_end(const struct load_run *, int status);
void load_json_found(const char *what, double rate);

#endif
