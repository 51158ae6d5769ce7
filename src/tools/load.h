/* The command `tandem load`. */
#ifndef TANDEM_TOOLS_LOAD_H
#define TANDEM_TOOLS_LOAD_H

extern const char load_help[];

/* The exit status. */
int load_main(int argc, char **argv);

#endif
