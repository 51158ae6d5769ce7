/* How the parts of `tandem trace` end and complain. */
#ifndef TANDEM_TOOLS_TRACE_TELL_H
#define TANDEM_TOOLS_TRACE_TELL_H

enum trace_status {
    TRACE_EXIT_DONE = 0,
    TRACE_EXIT_BAD_INPUT = 1,
    TRACE_EXIT_BAD_USAGE = 2,
    TRACE_EXIT_NOBODY = 3,
    TRACE_EXIT_OUR_FAULT = 4
};

/* "tandem: trace: WHERE: WHAT" on standard error; returns `status`. */
int trace_complain(const char *where, const char *what, int status);

#endif
