/* `tandem trace`: the calls of captures. */
#ifndef TANDEM_TOOLS_TRACE_H
#define TANDEM_TOOLS_TRACE_H

extern const char trace_help[];
int trace_main(int argc, char **argv);

#endif
