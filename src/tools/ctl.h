/* `tandem ctl`: talks to a running server. */
#ifndef TANDEM_TOOLS_CTL_H
#define TANDEM_TOOLS_CTL_H

extern const char ctl_help[];

/* argv[0] is the command's name. Returns the program's exit status. */
int ctl_main(int argc, char **argv);

#endif
