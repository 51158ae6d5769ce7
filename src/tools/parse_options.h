/* The options of `tandem parse`, and of what judges messages like it. */
#ifndef TANDEM_TOOLS_PARSE_OPTIONS_H
#define TANDEM_TOOLS_PARSE_OPTIONS_H

#include "base/attr.h"
#include "lint/lint.h"

struct parse_options {
    bool help, sequence;
    enum { PARSE_TEXT, PARSE_JSON, PARSE_SARIF } form;
    enum lint_severity least; /* findings below it are not told */
    bool ignored[LINT_N_CODES];
    const char *explain; /* NULL: a code that is to be explained instead */
};

/* Reads argv[1] on, up to optind. 0, or 2 once what is wrong was said on standard error. */
MUST_USE int parse_options_read(struct parse_options *, int argc, char **argv);
/* A severity, a code that is not to be told, as --severity and --ignore have them. NULL, or what is
 * wrong with the word. */
MUST_USE const char *parse_options_severity(struct parse_options *, const char *name);
MUST_USE const char *parse_options_ignore(struct parse_options *, const char *name);
/* "tandem: parse: WHERE: WHAT" on standard error; returns `status`. */
int parse_complain(const char *where, const char *what, int status);

#endif
